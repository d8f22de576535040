import Foundation
import Glibc
import NIOPosix
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("The log")
struct AgentLogTests {
    /// A log whose streams are pipes.
    private struct Fixture {
        let folder: TemporaryFolder
        let output: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        let error: (readEnd: FileDescriptor, writeEnd: FileDescriptor)

        init() throws {
            folder = try TemporaryFolder()
            output = try FileDescriptor.pipe()
            error = try FileDescriptor.pipe()
        }

        var path: FilePath { folder.path.appending("logs/ProxyAgent.log") }
        var text: String? { try? String(contentsOfFile: path.string, encoding: .utf8) }
        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path.removingLastComponent().string)) ?? []).sorted() }

        func log(path: FilePath? = nil, largest: Int = 1 << 20, files: Int = 5, journal: String? = nil) -> AgentLog {
            AgentLog(
                file: RollingFile(path: path ?? self.path, largest: largest, files: files), fileLevel: .debug, systemLevel: .info,
                output: LogStream(output.writeEnd, journal: journal), error: LogStream(error.writeEnd, journal: journal))
        }

        /// What has been written so far; the pipe's end is closed first.
        func said(_ pipe: (readEnd: FileDescriptor, writeEnd: FileDescriptor)) throws -> String {
            try pipe.writeEnd.close()
            defer { try? pipe.readEnd.close() }
            var bytes = [UInt8](repeating: 0, count: 64 << 10)
            var text = ""
            while case let count = try bytes.withUnsafeMutableBytes({ try pipe.readEnd.read(into: $0) }), count > 0 {
                text += String(decoding: bytes.prefix(count), as: UTF8.self)
            }
            return text
        }
    }

    @Test("goes to a file for root and its group, and to the stream that its level has")
    func places() throws {
        let fixture = try Fixture()
        let log = fixture.log()
        log.log(.info, "one")
        log.log(.error, "two")
        log.log(.debug, "three")
        log.log(.trace, "four")
        let lines = (fixture.text ?? "").split(separator: "\n")
        #expect(lines.map { String($0.dropFirst(34)) } == ["one", "two", "three"])
        #expect(lines.first?.contains("[INFO]") == true)
        var status = stat()
        #expect(stat(fixture.path.string, &status) == 0 && status.st_mode & 0o777 == 0o640)
        let output = try fixture.said(fixture.output)
        #expect(output.hasSuffix("one\n") && !output.hasPrefix("<"))
        #expect(try fixture.said(fixture.error).hasSuffix("two\n"))
    }

    @Test("says a line's priority to the journal, and to nothing else")
    func journal() throws {
        let fixture = try Fixture()
        var status = stat()
        try #require(fstat(fixture.error.writeEnd.rawValue, &status) == 0)
        // The variable names standard error alone, as after a redirection of standard output.
        let log = fixture.log(journal: "\(status.st_dev):\(status.st_ino)")
        log.log(.error, "broken")
        log.log(.warn, "odd")
        log.log(.info, "fine")
        let lines = try fixture.said(fixture.error).split(separator: "\n")
        #expect(lines.map { $0.prefix(3) } == ["<3>", "<4>"])
        #expect(try !fixture.said(fixture.output).hasPrefix("<"))
        #expect(fixture.text?.contains("<3>") == false)
    }

    @Test("keeps five files with the current one, under upstream's names, and no other file is touched")
    func rolling() throws {
        let fixture = try Fixture()
        #expect(AgentLog.largestFile == 10 << 20 && AgentLog.files == 5)
        let log = fixture.log(largest: 1_000)
        let other = fixture.path.removingLastComponent().appending("ProxyAgent.Connection.log")
        try Data("mine".utf8).write(to: URL(filePath: other.string))
        for number in 0..<200 { log.log(.debug, "line \(number) \(String(repeating: "x", count: 60))") }
        let rolled = fixture.names.filter { $0.hasPrefix("ProxyAgent.log.") }
        #expect(rolled.count == 4)
        let form = /ProxyAgent\.log\.\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}-\d+\.log/
        #expect(rolled.allSatisfy { $0.wholeMatch(of: form) != nil }, "\(rolled)")
        #expect(fixture.names.contains("ProxyAgent.Connection.log"))
        // The newest lines are what is kept, in order and without a hole.
        let kept =
            try rolled.map { try String(contentsOfFile: fixture.path.removingLastComponent().appending($0).string, encoding: .utf8) } + [fixture.text ?? ""]
        let numbers = kept.joined().split(separator: "\n").compactMap { $0.split(separator: " ").dropLast().last.flatMap { Int($0) } }
        #expect(numbers.last == 199)
        #expect(numbers == Array((numbers.first ?? 0)...199))
        #expect(kept.allSatisfy { $0.utf8.count <= 1_000 })
    }

    @Test("has one line for a message, whatever is in it")
    func forging() throws {
        let fixture = try Fixture()
        fixture.log().log(.info, "GET /\r\n2026-01-01T00:00:00.000 [ERROR] forged \u{1B}[2J\u{7F} é\r\n")
        #expect(fixture.text?.split(whereSeparator: \.isNewline).count == 1)
        #expect(fixture.text?.contains("\u{1B}") == false)
        #expect(fixture.text?.hasSuffix("é\n") == true)
    }

    @Test("a message of any length is cut")
    func length() throws {
        let fixture = try Fixture()
        fixture.log().log(.debug, String(repeating: "y", count: 1 << 20))
        #expect((fixture.text?.utf8.count ?? 0) <= AgentLog.longestLine + 1)
    }

    @Test("a folder that goes away costs nothing but lines, and comes back with the next one")
    func gone() throws {
        let fixture = try Fixture()
        let log = fixture.log()
        log.log(.debug, "before")
        try FileManager.default.removeItem(atPath: fixture.path.removingLastComponent().string)
        log.log(.debug, "after")
        #expect(fixture.text?.hasSuffix("after\n") == true)
    }

    @Test("a place that takes nothing stops nobody", arguments: ["/dev/full", "/proc/no/such/ProxyAgent.log", "/dev/null/ProxyAgent.log"])
    func refused(place: String) throws {
        let fixture = try Fixture()
        let log = fixture.log(path: FilePath(place))
        for _ in 0..<10 { log.log(.error, "still here") }
        #expect(try fixture.said(fixture.error).split(separator: "\n").filter { $0.hasSuffix("still here") }.count == 10)
    }

    @Test("a pipe or a link in the file's place is neither waited for nor followed")
    func planted() throws {
        let fixture = try Fixture()
        try FileManager.default.createDirectory(atPath: fixture.path.removingLastComponent().string, withIntermediateDirectories: true)
        try #require(mkfifo(fixture.path.string, 0o600) == 0)
        fixture.log().log(.debug, "into the pipe")
        unlink(fixture.path.string)
        let victim = fixture.folder.path.appending("victim")
        try Data("safe".utf8).write(to: URL(filePath: victim.string))
        try #require(symlink(victim.string, fixture.path.string) == 0)
        fixture.log().log(.debug, "through the link")
        #expect(try String(contentsOfFile: victim.string, encoding: .utf8) == "safe")
    }

    @Test("a reader that has gone stops nobody")
    func unread() throws {
        let fixture = try Fixture()
        signal(SIGPIPE, SIG_IGN)
        try fixture.output.readEnd.close()
        let log = fixture.log()
        log.log(.info, "unheard")
        log.log(.debug, "heard")
        #expect(fixture.text?.hasSuffix("heard\n") == true)
    }
}

@Suite("The console's keyboard")
struct ConsoleInputTests {
    @Test("Enter ends, the input's end does not", arguments: [("\n", true), ("yes\n", true), ("", false), ("no end", false)])
    func enter(typed: String, ends: Bool) async throws {
        let pipe = try FileDescriptor.pipe()
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let hasEnded = Flag()
        _ = try pipe.writeEnd.writeAll(typed.utf8)
        try pipe.writeEnd.close()
        ConsoleInput.onEnter(from: pipe.readEnd, pool: pool) { hasEnded.set() }
        // One thread: what is submitted later runs after the keyboard's end.
        try await pool.runIfActive {}
        #expect(hasEnded.isSet == ends)
        try await pool.shutdownGracefully()
        try pipe.readEnd.close()
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        func set() { value.withLock { $0 = true } }
        var isSet: Bool { value.withLock { $0 } }
    }
}
