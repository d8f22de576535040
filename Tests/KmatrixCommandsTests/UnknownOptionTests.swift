import ArgumentParser
import Foundation
import Testing

@testable import KmatrixCommands

@Suite("An unknown option")
struct UnknownOptionTests {
    private func found(_ line: String) throws -> UnknownOption? {
        let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(RootCommand._dumpHelp().utf8))
        return UnknownOption(in: line.split(separator: " ").map(String.init), of: tool.command)
    }

    @Test("is found with its command, whatever is missing besides", arguments: [
        ("bisect --nope", "--nope", "kmatrix bisect"), ("kernels list --kernl 6.1", "--kernl", "kmatrix kernels list"), ("keys fetch --renw=1 ubuntu", "--renw", "kmatrix keys fetch"),
    ])
    func unknown(line: String, name: String, command: String) throws {
        let option = try #require(try found(line))
        #expect(option.name == name && option.command == command)
        #expect(option.message.contains("'\(name)'") && option.message.contains("'\(command) --help'"))
    }

    @Test("is none that the command has, or that follows --", arguments: ["run --kernel 6.1 --offline", "kernels list --help", "run -- --nope", "diagnose logs.zip"])
    func known(line: String) throws { #expect(try found(line) == nil) }
}
