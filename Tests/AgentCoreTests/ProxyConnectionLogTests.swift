import Foundation
import SystemPackage
import Testing

@testable import AgentCore

@Suite("The connection log", .timeLimit(.minutes(1)))
struct ConnectionLogTests {
    @Test("has a line for each request, without what it carried")
    func lines() async throws {
        let folder = try ConnectionLogFolder()
        let log = ConnectionLog(folder: folder.path)
        try await ProxyFixture.with(key: RequestSignerTests.key, connectionLog: log, script: ProxyServerTests.hello) { fixture in
            _ = try await fixture.talk([ProxyServerTests.get("/a?sig=hunter2&b=1", "X-Secret: hunter2\r\n"), ProxyServerTests.get("/b")]) { $0.hasSuffix("hello") }
            _ = try await fixture.talk(["nonsense\r\n\r\n"])
        }
        let lines = try folder.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains("1[1] - GET /a?sig=[REDACTED]&b=1, by root (0), process 1"))
        #expect(lines[0].contains(": 200 OK, "))
        #expect(lines[1].contains("2[1] - GET /b, "))
        #expect(lines[2].contains("1[2] - no request, ") && lines[2].contains(": 400 Bad Request, "))
        let text = try folder.text
        #expect(!text.contains("hunter2") && !text.contains("Azure-HMAC") && !text.lowercased().contains("authorization"))
        #expect(try folder.permissions == 0o640)
    }

    @Test("keeps names from looking like lines")
    func printable() {
        let caller = CallerClaims(processID: 1, userID: 0, userName: "root", isRoot: true, executable: "/tmp/a\nfake line", commandLine: "")
        let text = ConnectionLog.text(.init(connection: 1, request: 1, call: nil, caller: caller, destination: nil, outcome: "x", elapsed: 0))
        #expect(!text.contains("\n"))
    }

    @Test("is rolled, and only so many files are kept")
    func rolled() throws {
        let folder = try ConnectionLogFolder()
        let file = RolledFile(folder.path.appending("ProxyAgent.Connection.log"), largest: 100, kept: 2)
        for number in 0..<40 { file.append(Array("line \(number) \(String(repeating: "x", count: 40))\n".utf8)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.string).sorted()
        #expect(names == ["ProxyAgent.Connection.log", "ProxyAgent.Connection.log.1", "ProxyAgent.Connection.log.2"])
        #expect(try folder.text.contains("line 39 "))
    }
}
