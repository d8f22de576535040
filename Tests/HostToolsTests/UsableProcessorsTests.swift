import Foundation
import Testing

@testable import HostTools

@Suite("The usable processors")
struct UsableProcessorsTests {
    /// What taskset(1) says of this process.
    private static func listed() throws -> [Int] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/taskset")
        process.arguments = ["--cpu-list", "--pid", "\(ProcessInfo.processInfo.processIdentifier)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: " ").last?.trimmingCharacters(in: .newlines).split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
        } ?? []
    }

    @Test("are those that the scheduler may choose for this process, by their numbers")
    func numbers() throws {
        #expect(UsableProcessors.numbers == (try Self.listed()))
        #expect(UsableProcessors.count == UsableProcessors.numbers.count)
        #expect(UsableProcessors.numbers == UsableProcessors.read())
    }
}
