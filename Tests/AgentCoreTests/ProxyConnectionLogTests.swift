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
            _ = try await fixture.talk([ProxyServerTests.get("/a?sig=hunter2&b=1", "X-Secret: hunter2\r\n"), ProxyServerTests.get("/b")]) {
                $0.hasSuffix("hello")
            }
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
        let text = ConnectionLog.text(.init(connection: 1, request: 1, call: nil, caller: caller, destination: nil, outcome: "x", isServed: false, elapsed: 0))
        #expect(!text.contains("\n"))
    }

    @Test("says at the usual level what was refused or failed, and not what was served")
    func levels() throws {
        let folder = try ConnectionLogFolder()
        let log = ConnectionLog(folder: folder.path, level: .info)
        for (outcome, isServed) in [("200 OK", true), ("403 Forbidden", false)] {
            log.log(.init(connection: 1, request: 1, call: nil, caller: nil, destination: nil, outcome: outcome, isServed: isServed, elapsed: 0))
        }
        #expect(try folder.text.split(separator: "\n").count == 1)
        #expect(try folder.text.contains("403 Forbidden"))
    }
}
