import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("The agent's logs")
struct AgentLogTests {
    private static func names(_ folder: TemporaryFolder) -> [String] { BoundedFile.names(in: folder.path).sorted() }

    @Test("are rolled by size, kept in number, and for root and its group alone")
    func rolling() throws {
        let folder = try TemporaryFolder()
        let log = AgentLog(folder: folder.path, systemLevel: nil)
        let line = String(repeating: "x", count: AgentLog.longestLine)
        for _ in 0..<(AgentLog.largestFile / AgentLog.longestLine * 7) { log.log(.info, line) }
        let names = Self.names(folder)
        #expect(names.count == AgentLog.rolledFiles + 1)
        #expect(names.allSatisfy { $0 == "ProxyAgent.log" || $0.hasPrefix("ProxyAgent.20") && $0.hasSuffix(".log") && !$0.contains(":") })
        for name in names {
            var status = stat()
            #expect(stat(folder.path.appending(name).string, &status) == 0 && status.st_mode & 0o777 == 0o640 && status.st_size <= AgentLog.largestFile)
        }
    }

    @Test("that cannot be written do not stop who writes them")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        #expect(FileManager.default.createFile(atPath: folder.path.appending("file").string, contents: Data()))
        let log = AgentLog(folder: folder.path.appending("file/below"), systemLevel: nil)
        log.log(.error, "still here")
    }

    @Test("of connections have a line for what was refused, without a header, and no caller can forge one")
    func connections() throws {
        let folder = try TemporaryFolder()
        let log = ConnectionLog(log: AgentLog(folder: folder.path, name: ConnectionLog.name, systemLevel: nil))
        let caller = CallerClaims(processID: 7, userID: 1000, userName: "eve\n2026-01-01 [INFO] root(0) all is well", isRoot: false, executable: "/usr/bin/\u{202E}x", commandLine: "")
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/secret\u{1B}[2J?x=1", headers: ["x-ms-azure-host-authorization": "5EC2E7"])
        log.record(head, caller: caller, destination: .wireServer, status: .forbidden, since: .now())
        log.record(head, caller: caller, destination: .wireServer, status: .ok, since: .now())
        let text = try String(contentsOfFile: folder.path.appending("\(ConnectionLog.name).log").string, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 1)
        #expect(text.contains("168.63.129.16:80: GET /secret") && text.contains(" - 403 in "))
        #expect(!text.contains("5EC2E7") && !text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }
}

@Suite("A second agent")
struct InstanceLockTests {
    @Test("is refused while the first runs, by its number, and not afterwards")
    func second() throws {
        let folder = try TemporaryFolder()
        let log = AgentLog(folder: nil, systemLevel: nil)
        var first = try InstanceLock.take(in: folder.path.appending("lib"), log: log)
        #expect(first != nil)
        let error = try #require(throws: InstanceLock.Taken.self) { _ = try InstanceLock.take(in: folder.path.appending("lib"), log: log) }
        #expect(error.description.contains("pid \(getpid())"))
        first = nil
        #expect(try InstanceLock.take(in: folder.path.appending("lib"), log: log) != nil)
    }

    @Test("runs without a lock where there is no place for one")
    func nowhere() throws {
        #expect(try InstanceLock.take(in: "/proc/nowhere", log: AgentLog(folder: nil, systemLevel: nil)) == nil)
    }
}
