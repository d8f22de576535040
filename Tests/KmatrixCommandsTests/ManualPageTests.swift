import ArgumentParser
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import KmatrixCommands

@Suite("The manual page")
struct ManualPageTests {
    @Test("pleases mandoc's lint")
    func lint() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("kmatrix.1").string
        try ManualPage.current().mdoc().write(toFile: file, atomically: true, encoding: .utf8)
        // Style is mandoc's taste; what it calls a warning may look wrong.
        let result = try await Subprocess.run(
            .name("mandoc"), arguments: ["-T", "lint", "-W", "warning", file], output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.standardOutput.isEmpty)
        #expect(result.terminationStatus == .exited(0))
    }

    @Test("names every command and every option that help names")
    func complete() throws {
        let page = try ManualPage.current()
        let text = page.mdoc()
        func check(_ command: CommandDescription, _ path: [String]) {
            if !path.isEmpty { #expect(text.contains(".Ss \(path.joined(separator: " "))\n")) }
            for name in command.shownArguments.flatMap({ $0.names ?? [] }) { #expect(text.contains("Fl " + Mdoc.flag(name)), "\(name.text)") }
            for subcommand in command.shownCommands { check(subcommand, path + [subcommand.commandName]) }
        }
        check(page.root, [])
        #expect(page.root.shownCommands.count > 8)
    }

    @Test("takes no text for a macro")
    func escaping() {
        var page = Mdoc()
        page.text(".SH NAME\n'\\fB--kernel")
        page.literal([".Sh"])
        #expect(page.text == "\\&.SH NAME\n\\&'\\efB\\-\\-kernel\n.Bd -literal -offset indent\n\\&.Sh\n.Ed\n")
    }
}

@Suite("Completions")
struct CompletionTests {
    @Test("are what the shell they are for can read", arguments: [("bash", ["-n"])])
    func syntax(shell: String, options: [String]) async throws {
        let folder = try TemporaryFolder()
        let said = try await CommandLineTests.kmatrix(["completions", shell])
        #expect(said.code == 0)
        let file = folder.path.appending("completions").string
        try said.stdout.write(toFile: file, atomically: true, encoding: .utf8)
        let result = try await Subprocess.run(
            .name(shell), arguments: Arguments(options + [file]), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
    }

    @Test("know the commands and their options", arguments: ["bash", "zsh", "fish"])
    func content(shell: String) async throws {
        let said = try await CommandLineTests.kmatrix(["completions", shell])
        for word in ["kmatrix", "history", "exit-code", "older-than"] { #expect(said.stdout.contains(word)) }
    }

    @Test("for no shell we know are refused with those there are")
    func unknown() async throws {
        let said = try await CommandLineTests.kmatrix(["completions", "tcsh"])
        #expect(said.code == 2)
        #expect(said.stderr.contains("fish"))
    }
}

@Suite("Listings")
struct ListingTests {
    /// What prints no listing: it serves, opens a console, prints a script or a page, or (for ci/bench) one document or nothing.
    static let others: Set<String> = ["platform", "shell", "completions", "man", "join", "fits"]

    @Test("all print JSON when asked")
    func formats() throws {
        func check(_ command: CommandDescription) {
            let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
            if subcommands.isEmpty, !Self.others.contains(command.commandName) {
                #expect((command.arguments ?? []).contains { $0.names?.contains { $0.name == "format" } ?? false }, "\(command.commandName)")
            }
            for subcommand in subcommands { check(subcommand) }
        }
        check(try ManualPage.current().root)
    }
}
