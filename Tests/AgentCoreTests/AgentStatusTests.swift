import JSON
import Synchronization
import Testing

@testable import AgentCore

@Suite("The status file")
struct AgentStatusTests {
    static func names(_ value: JSONValue?) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.map(\.name)
    }

    @Test("has every key, in the documented order")
    func order() {
        let document = AgentStatus().json(at: WallClock(seconds: 0))
        #expect(Self.names(document) == ["timestamp", "proxyAgentStatus", "proxyConnectionSummary", "failedAuthenticateSummary"])
        #expect(
            Self.names(document["proxyAgentStatus"]) == [
                "version", "status", "monitorStatus", "keyLatchStatus", "ebpfProgramStatus", "proxyListenerStatus",
                "telemetryLoggerStatus", "proxyConnectionsCount",
            ])
        #expect(Self.names(document["proxyAgentStatus"]?["ebpfProgramStatus"]) == ["status", "message"])
        #expect(Self.names(document["proxyAgentStatus"]?["keyLatchStatus"]) == ["status", "message", "states"])
    }

    @Test("says SUCCESS only when key, redirection and listener all run")
    func success() {
        var status = AgentStatus()
        status.redirector = ModuleStatus(.running, "")
        status.listener = ModuleStatus(.running, "")
        #expect(status.json(at: .now)["proxyAgentStatus"]?["status"] == .string("ERROR"))
        #expect(status.json(at: .now)["proxyAgentStatus"]?["keyLatchStatus"]?["status"] == .string("UNKNOWN"))
        status.keyLatch.state = .running
        #expect(status.json(at: .now)["proxyAgentStatus"]?["status"] == .string("SUCCESS"))
    }

    @Test("cuts a message after 1024 bytes")
    func cut() {
        let whole = String(repeating: "a", count: 1024)
        #expect(ModuleStatus.cut(whole) == whole)
        #expect(ModuleStatus.cut(whole + "b") == whole + "...")
    }

    @Test("never cuts through a character")
    func cutCharacter() {
        let text = String(repeating: "a", count: 1022) + "😀 and more"
        #expect(ModuleStatus.cut(text) == String(repeating: "a", count: 1022) + "...")
    }

    @Test("writes times as its readers expect them")
    func times() {
        let time = WallClock(seconds: 1_785_748_467, milliseconds: 52)
        #expect(time.timestamp == "2026-08-03T09:14:27.052")
        #expect(time.httpDate == "Mon, 03 Aug 2026 09:14:27 GMT")
    }

    @Test("counts callers once, whatever their process")
    func summary() {
        func caller(_ process: UInt32) -> CallerClaims {
            CallerClaims(
                processID: process, userID: 0, userName: "root", groups: ["root"], isRoot: true, executable: "/usr/bin/curl", commandLine: "curl")
        }
        let ledger = RequestLedger()
        for process in [1, 2] as [UInt32] {
            ledger.countRequest()
            ledger.record(caller: caller(process), destination: .instanceMetadata, responseStatus: "200 OK", outcome: .answered)
        }
        ledger.countRequest()
        ledger.record(caller: nil, destination: nil, responseStatus: "421 Misdirected Request", outcome: .refused)
        var status = AgentStatus()
        ledger.fill(&status)
        #expect(status.requests == 3)
        #expect(status.connections.map(\.count) == [2, 1])
        #expect(
            status.connections.first?.json.text()
                == #"{"userName":"root","ip":"169.254.169.254","port":80,"processCmdLine":"curl","responseStatus":"200 OK","#
                + #""count":2,"userGroups":["root"],"processFullPath":"/usr/bin/curl"}"#)
        #expect(status.refusals.map(\.key.userName) == ["empty"])
    }
}

@Suite("The ledger")
struct RequestLedgerTests {
    @Test("forgets what is older than four hours, and nothing younger")
    func expiry() {
        let clock = Mutex(0)
        let ledger = RequestLedger(now: { clock.withLock { $0 } })
        func counts() -> [Int] {
            var status = AgentStatus()
            ledger.fill(&status)
            return status.connections.map(\.count)
        }
        func record() { ledger.record(caller: nil, destination: .wireServer, responseStatus: "200 OK", outcome: .answered) }
        record()
        clock.withLock { $0 = 2 * 3_600_000 }
        record()
        #expect(counts() == [2])
        clock.withLock { $0 = 4 * 3_600_000 }
        #expect(counts() == [1])
        clock.withLock { $0 = 7 * 3_600_000 }
        #expect(counts() == [])
    }

    @Test("lists what was only watched among the refusals, and its answer once")
    func audited() {
        let ledger = RequestLedger()
        ledger.record(caller: nil, destination: .wireServer, responseStatus: "403 Forbidden", outcome: .audited)
        ledger.record(caller: nil, destination: .wireServer, responseStatus: "200 OK", outcome: .answered)
        var status = AgentStatus()
        ledger.fill(&status)
        #expect(status.refusals.map(\.key.responseStatus) == ["403 Forbidden"])
        #expect(status.connections.map(\.key.responseStatus) == ["200 OK"])
    }

    @Test("does not grow without bound")
    func bounded() {
        let ledger = RequestLedger()
        for number in 0..<1000 { ledger.record(caller: nil, destination: .wireServer, responseStatus: "\(number)", outcome: .refused) }
        var status = AgentStatus()
        ledger.fill(&status)
        #expect(status.connections.count == RequestLedger.largestListWithShared)
        #expect(status.refusals.count == RequestLedger.largestListWithShared)
    }

    @Test("a user who starts many programs hides nobody, and each request is counted")
    func shared() {
        let ledger = RequestLedger()
        func caller(_ user: String, _ line: String) -> CallerClaims {
            CallerClaims(processID: 1, userID: 1, userName: user, isRoot: false, executable: "/bin/x", commandLine: line)
        }
        for number in 0..<1000 {
            ledger.record(caller: caller("eve", "x \(number)"), destination: .wireServer, responseStatus: "403 Forbidden", outcome: .refused)
        }
        for line in ["a", "b"] { ledger.record(caller: caller("root", line), destination: .instanceMetadata, responseStatus: "200 OK", outcome: .answered) }
        var status = AgentStatus()
        ledger.fill(&status)
        #expect(status.connections.map(\.count).reduce(0, +) == 1002)
        #expect(status.connections.filter { $0.key.userName == "root" }.map(\.count) == [2])
    }
}

@Suite("Failure messages")
struct RedirectorErrorTests {
    @Test("a rejected program: the article's words, then the whole log")
    func rejected() {
        let log = String(repeating: "0: (b7) r0 = 0\n", count: 500)
        let error = RedirectorError.programRejected("connect4", SystemErrorText(22), log: log)
        #expect(
            "\(error)"
                == "Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: " + log)
        #expect(error.verifierLog == log)
    }

    @Test("a rejected program without a log says errno instead")
    func rejectedSilently() {
        let error = RedirectorError.programRejected("connect4", SystemErrorText(1), log: "")
        #expect(
            "\(error)".hasPrefix("Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: "))
        #expect("\(error)".hasSuffix("Operation not permitted"))
        #expect(error.verifierLog == nil)
    }

    @Test("a failed attach: the article's words, then errno")
    func attach() {
        #expect(
            "\(RedirectorError.attachFailed("connect4", call: "bpf_link_create", SystemErrorText(-9)))"
                == "Failed to attach program 'connect4' with error: `bpf_link_create` failed: Bad file descriptor")
    }
}
