import JSON
import Foundation
import Glibc
import NIOHTTP1
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("Provisioning")
struct ProvisioningTests {
    private struct Fixture {
        let folder: TemporaryFolder
        let provisioning: Provisioning
        let started = MonotonicTime.now
        let woken = Happened()
        let clock = SetClock()

        init() throws {
            folder = try TemporaryFolder()
            let reports = ProvisionReports(folder: folder.path.appending("keys"), log: AgentLog(folder: nil, systemLevel: .error), console: nil)
            let clock = clock
            provisioning = Provisioning(reports: reports, started: started, now: { clock.time })
            let woken = woken
            provisioning.onNotify { woken.add() }
        }

        func tag(_ name: String) -> String? { try? String(contentsOfFile: folder.path.appending("keys").appending(name).string, encoding: .utf8) }
        func ready() { for part in ReadinessPart.allCases { provisioning.set(part, isReady: true, message: "") } }
    }

    /// A machine's clock that can be set.
    final class SetClock: Sendable {
        private let value = Mutex(1_000)
        var time: Int { value.withLock { $0 } }
        func set(_ time: Int) { value.withLock { $0 = time } }
    }

    final class Happened: Sendable {
        private let value = Mutex(0)
        func add() { value.withLock { $0 += 1 } }
        var count: Int { value.withLock { $0 } }
    }

    @Test("is finished once all parts are ready, and leaves its tags for root alone")
    func finished() throws {
        let fixture = try Fixture()
        fixture.provisioning.set(.redirector, isReady: true, message: "")
        fixture.provisioning.set(.listener, isReady: true, message: "")
        #expect(fixture.tag("provisioned.tag") == nil)
        let waiting = fixture.provisioning.answer(since: 0, notify: false)
        #expect(!waiting.isFinished)
        #expect(waiting.errorMessage == "keyLatchStatus - Status unknown.\r\n")
        fixture.provisioning.set(.keyLatch, isReady: true, message: "")
        #expect(fixture.provisioning.answer(since: 1_000, notify: false) == Provisioning.Answer(isFinished: true, errorMessage: ""))
        #expect(fixture.tag("status.tag") == "")
        #expect(fixture.tag("provisioned.tag")?.isEmpty == false)
        var status = stat()
        #expect(stat(fixture.folder.path.appending("keys/status.tag").string, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("gives up before the one who waits does, and says what is missing")
    func timeout() throws {
        #expect(Provisioning.limit < 120_000)
        let fixture = try Fixture()
        fixture.provisioning.set(.listener, isReady: true, message: "")
        fixture.provisioning.set(.redirector, isReady: false, message: "Failed to load <program> & more")
        #expect(fixture.provisioning.check(at: fixture.started) != nil)
        #expect(fixture.provisioning.check(at: fixture.started + Provisioning.limit) == nil)
        let answer = fixture.provisioning.answer(since: 1_000, notify: false)
        #expect(answer.isFinished)
        #expect(answer.errorMessage == "ebpfProgramStatus - Failed to load <program> & more\r\nkeyLatchStatus - Status unknown.\r\n")
        #expect(fixture.tag("status.tag")?.contains("&lt;program&gt; &amp; more") == true)
    }

    @Test("with the channel off, an asking makes the agent ask the platform again")
    func notified() throws {
        let fixture = try Fixture()
        fixture.ready()
        fixture.provisioning.channelIs("disabled")
        let answer = fixture.provisioning.answer(since: 2_000, notify: true)
        #expect(!answer.isFinished)
        #expect(fixture.woken.count == 1)
        // Without a fresh answer nothing is ready, whatever was before.
        #expect(!fixture.provisioning.answer(since: 500, notify: false).isFinished)
        fixture.provisioning.set(.keyLatch, isReady: true, message: "")
        #expect(fixture.provisioning.answer(since: 1_000, notify: false).isFinished)
    }

    @Test("with the channel on, an earlier end counts, and an asking never makes a key of nothing")
    func latched() throws {
        let fixture = try Fixture()
        fixture.provisioning.channelIs("WireServer Enforce -  IMDS Enforce - HostGA Enforce")
        fixture.provisioning.set(.redirector, isReady: true, message: "")
        fixture.provisioning.set(.listener, isReady: true, message: "")
        fixture.provisioning.set(.keyLatch, isReady: false, message: "Failed to acquire key details")
        #expect(!fixture.provisioning.answer(since: 0, notify: true).isFinished)
        #expect(!fixture.provisioning.answer(since: 0, notify: true).isFinished)
        fixture.ready()
        #expect(fixture.provisioning.answer(since: 5_000, notify: true).isFinished)
    }

    @Test("the platform's silence is the reason that is told, and takes nothing from what was ready")
    func silence() throws {
        let fixture = try Fixture()
        fixture.provisioning.set(.redirector, isReady: true, message: "")
        fixture.provisioning.set(.listener, isReady: true, message: "")
        fixture.provisioning.explain(.keyLatch, "Failed to get key status - refused")
        #expect(fixture.provisioning.check(at: fixture.started + Provisioning.limit) == nil)
        #expect(fixture.provisioning.answer(since: 0, notify: false).errorMessage == "keyLatchStatus - Failed to get key status - refused\r\n")
        fixture.provisioning.set(.keyLatch, isReady: true, message: "")
        fixture.provisioning.explain(.keyLatch, "Failed to get key status - refused")
        #expect(fixture.provisioning.answer(since: 0, notify: false) == Provisioning.Answer(isFinished: true, errorMessage: ""))
        #expect(fixture.tag("status.tag") == "")
    }

    @Test("a clock that is set back while someone waits does not make the wait endless")
    func setBack() throws {
        let fixture = try Fixture()
        fixture.ready()
        fixture.provisioning.channelIs("disabled")
        fixture.clock.set(5_000)
        #expect(!fixture.provisioning.answer(since: 4_900, notify: true).isFinished)
        fixture.clock.set(2_000)
        fixture.provisioning.set(.keyLatch, isReady: true, message: "")
        #expect(fixture.provisioning.answer(since: 4_900, notify: false).isFinished)
        // A tick from a far future does not make every later asking answered in advance.
        fixture.provisioning.channelIs("disabled")
        #expect(!fixture.provisioning.answer(since: .max, notify: true).isFinished)
        fixture.provisioning.set(.keyLatch, isReady: true, message: "")
        fixture.provisioning.channelIs("disabled")
        #expect(!fixture.provisioning.answer(since: 3_000, notify: false).isFinished)
    }

    @Test("starts anew without anything that hangs over from before, and ends again in its own time")
    func anew() throws {
        let fixture = try Fixture()
        fixture.ready()
        fixture.provisioning.channelIs("disabled")
        #expect(fixture.provisioning.check(at: fixture.started + Provisioning.limit) == nil)
        _ = fixture.provisioning.answer(since: 2_000, notify: true)
        let next = try #require(fixture.provisioning.check(at: fixture.started))
        #expect(next >= fixture.started + Provisioning.limit)
        #expect(fixture.provisioning.check(at: next) == nil)
        #expect(fixture.provisioning.answer(since: 1_000, notify: false).isFinished)
        #expect(fixture.tag("status.tag")?.contains("keyLatchStatus") == true)
        // Late is better than never: the tags are set right.
        fixture.provisioning.set(.keyLatch, isReady: true, message: "")
        #expect(fixture.tag("status.tag") == "")
    }

    @Test("tags that cannot be written stop nothing")
    func unwritable() throws {
        let reports = ProvisionReports(folder: "/proc/no/such", log: AgentLog(folder: nil, systemLevel: .error), console: "/no/such/console")
        let provisioning = Provisioning(reports: reports, started: .now)
        for part in ReadinessPart.allCases { provisioning.set(part, isReady: true, message: "") }
        #expect(provisioning.answer(since: 0, notify: false).isFinished)
    }

    @Test("the console gets a line, and one that nobody reads holds up nothing")
    func console() throws {
        let folder = try TemporaryFolder()
        let console = folder.path.appending("console")
        try #require(mkfifo(console.string, 0o600) == 0)
        let reports = ProvisionReports(folder: nil, log: AgentLog(folder: nil, systemLevel: .error), console: console)
        reports.finished(error: "")
        let reader = try FileDescriptor.open(console, .readOnly, options: [.nonBlocking])
        reports.finished(error: "keyLatchStatus - x\r\n")
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
        let line = String(decoding: bytes.prefix(count), as: UTF8.self)
        #expect(line.contains(" azure-proxy-agent_\(AgentVersion.current)(\(getpid())) - keyLatchStatus - x\r\n"), "\(line)")
        try reader.close()
    }

    @Test("is told over the proxy to whoever sends the header it wants")
    func endpoint() throws {
        let fixture = try Fixture()
        fixture.ready()
        let endpoint = ProvisionEndpoint(fixture.provisioning)
        func ask(_ headers: HTTPHeaders) -> LocalAnswer {
            endpoint.answer(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/provision", headers: headers), caller: nil)
        }
        #expect(ask([:]).status == .badRequest)
        #expect(ask(["Metadata": "true", "x-ms-azure-time-tick": "1000"]).body == #"{"finished":true,"errorMessage":""}"#)
        #expect(ask(["Metadata": "true", "x-ms-azure-time-tick": "999999999999999999999999999999"]).status == .ok)
    }

    @Test("the whole status is for root over a redirected connection alone")
    func aggregated() throws {
        let log = AgentLog(folder: nil, systemLevel: .error)
        let endpoint = AggregatedStatusEndpoint(StatusWriter(path: "/nowhere/status.json", ledger: RequestLedger(), log: log))
        func ask(_ headers: HTTPHeaders, _ caller: CallerClaims?) -> LocalAnswer {
            endpoint.answer(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/gpa-aggregated-status", headers: headers), caller: caller)
        }
        #expect(ask([:], RuleSamples.caller()).status == .badRequest)
        #expect(ask(["Metadata": "true"], nil).status == .forbidden)
        #expect(ask(["Metadata": "true"], RuleSamples.caller("eve")).status == .forbidden)
        let answer = ask(["Metadata": "true"], RuleSamples.caller())
        #expect(answer.status == .ok)
        #expect(try JSONValue(parsing: Array(answer.body.utf8))["proxyAgentStatus"]?["version"] == .string(AgentVersion.current))
    }
}

@Suite("--status")
struct StatusQueryTests {
    private static func query(_ answers: [String], wait: Int) async throws -> (code: Int32, said: String) {
        let left = Mutex(answers)
        let said = Mutex("")
        let code = Mutex<Int32>(-1)
        let server = try await LoopbackAgent.start { left.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? "" } }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let outcome = StatusQuery(
                    endpoint: Endpoint(address: .loopback, port: server.port), wait: wait, say: { text in said.withLock { $0 += text + "\n" } }
                ).run()
                code.withLock { $0 = outcome }
                continuation.resume()
            }
        }
        try await server.stop()
        return (code.withLock { $0 }, said.withLock { $0 })
    }

    @Test(
        "answers as cloud-init expects",
        arguments: [
            ([#"{"finished":true,"errorMessage":""}"#], 0, Int32(0), ""),
            ([#"{"finished":true,"errorMessage":"keyLatchStatus - x\r\n"}"#], 0, 2, "keyLatchStatus - x"),
            ([#"{"finished":false,"errorMessage":"keyLatchStatus - x\r\n"}"#], 0, 1, "keyLatchStatus - x"),
            ([#"{"finished":false,"errorMessage":"e"}"#, #"{"finished":false,"errorMessage":"e"}"#, #"{"finished":true,"errorMessage":""}"#], 30, 0, ""),
            (["<html>"], 0, 1, "Failed to query the current provision state with error: "), ([#"{"finished":"yes"}"#], 0, 1, "has not the members"),
            ([""], 0, 1, "Failed to query the current provision state"),
        ] as [([String], Int, Int32, String)])
    func answers(answers: [String], wait: Int, code: Int32, words: String) async throws {
        let outcome = try await Self.query(answers, wait: wait)
        #expect(outcome.code == code)
        #expect(words.isEmpty ? outcome.said == "" : outcome.said.contains(words), "\(outcome.said)")
    }

    @Test("complains of the same trouble once, however often it asks")
    func once() async throws {
        let outcome = try await Self.query(["<html>"], wait: 1)
        #expect(outcome.code == 1)
        #expect(outcome.said.split(separator: "\n").count == 1)
    }
}
