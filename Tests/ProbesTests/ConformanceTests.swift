import GuestProtocol
import MatrixModel
import Testing

@testable import Probes

@Suite("The conformance suite")
struct ConformanceTests {
    private static let nothing = ConformanceEvidence(reports: [], commands: [], listings: [], journal: [], status: "")

    @Test("has every check once, by upstream's ids")
    func ids() {
        let ids = ConformanceGroup.checks.map(\.id)
        #expect(Set(ids).count == ids.count)
        for id in ["A0", "A1", "A1b", "A1c", "A3", "A4", "A5", "G1", "B1a", "B1b", "B3", "B4", "C1", "C5", "C7", "E1", "F1", "F4", "PRE"] {
            #expect(ids.contains(id))
        }
        for number in Array(1...12) + [17, 18, 19] {
            #expect(ids.contains("IMDS-S\(number)") && ids.contains("WS-S\(number)"))
        }
        #expect(ids.contains("IMDS-S20"))
    }

    @Test("no check passes on nothing", arguments: ConformanceGroup.checks.map(\.id))
    func empty(id: String) throws {
        let outcome = try #require(ConformanceGroup.checks.first { $0.id == id }).outcome(Self.nothing)
        // What no guest can show says so whatever happens; an agent whose files hold nothing has to prove that they were searched.
        switch outcome {
        case .notApplicable: #expect(["A0", "P3-cap"].contains(id))
        case .fail: #expect(!["A0", "P3-cap"].contains(id))
        case .pass, .unproven: Issue.record("\(outcome)")
        }
    }

    @Test("clients' names are unique in each guest, and what checks ask for is asked")
    func names() {
        for group in ConformanceGroup.all {
            let names = group.steps.flatMap(\.clients).map(\.name)
            #expect(Set(names).count == names.count)
        }
    }

    @Test("a plan of the suite fits into a frame")
    func size() {
        for group in ConformanceGroup.all {
            let plan = GuestPlan(layout: .unified, agentPath: "/a", steps: group.steps)
            #expect(HostMessage.plan(plan).frame(sequence: 0).payload.count < WireFormat.maximumPayload)
        }
    }

    @Test("one client in a burst who is taken for another is found", arguments: [nil, "claims", "signature", "answer"] as [String?])
    func load(fault: String?) throws {
        let group = ConformanceGroup.load(rounds: 2)
        let clients = group.steps.flatMap(\.clients)
        #expect(clients.count == 400)
        let reports = clients.map { ClientReport(name: $0.name, httpStatus: fault == "answer" && $0.name == "load-1-user-7" ? 421 : 200) }
        let journal = clients.map { client in
            let isFaulty = client.name == "load-1-user-7"
            return FabricRequest(
                sequence: 0, seconds: 0, endpoint: .imds, method: "GET", target: "/", client: client.name,
                claims: "{ \"isRoot\": \"\(isFaulty && fault == "claims" ? true : client.user == 0)\"}", signedWith: nil,
                signature: isFaulty && fault == "signature" ? .absent : .verified, status: 200)
        }
        let outcome = group.checks[0].outcome(ConformanceEvidence(reports: reports, commands: [], listings: [], journal: journal, status: ""))
        if case .pass = outcome { #expect(fault == nil) } else { #expect(fault != nil, "\(outcome)") }
    }

    @Test("a rule scenario fails when one probe gets another answer")
    func scenario() throws {
        let check = try #require(ConformanceGroup.checks.first { $0.id == "IMDS-S4" })
        func outcome(_ codes: [(String, Int32)]) -> ConformanceOutcome {
            let reports = codes.map { ClientReport(name: "IMDS-S4-\($0.0)", httpStatus: $0.1) }
            return check.outcome(ConformanceEvidence(reports: reports, commands: [], listings: [], journal: [], status: ""))
        }
        guard case .pass = outcome([("instance", 200), ("token", 403), ("versions", 403)]) else { return #expect(Bool(false), "the right answers do not pass") }
        guard case .fail(let words) = outcome([("instance", 200), ("token", 200), ("versions", 403)]) else {
            return #expect(Bool(false), "a wrong answer passes")
        }
        #expect(words.contains("IMDS-S4-token got 200 instead of 403"))
        guard case .fail = outcome([("instance", 200), ("token", 403)]) else { return #expect(Bool(false), "a missing answer passes") }
    }

    @Test("checks that follow from a failed one are not reached; those that do not still count")
    func oneDefect() throws {
        func results(_ failing: Set<String>) -> [String: ConformanceResult] {
            let outcomes = ConformanceGroup.checks.map { (check: $0, outcome: failing.contains($0.id) ? ConformanceOutcome.fail("seen") : .pass("")) }
            return Dictionary(uniqueKeysWithValues: ConformanceResult.results(of: outcomes).map { ($0.id, $0) })
        }
        let unredirected = results(["B1a", "C1", "E2E-on", "E2E-restart", "IMDS-S4", "F1-log"])
        #expect(unredirected["B1a"]?.state == .fail)
        for id in ["C1", "E2E-on", "E2E-restart", "IMDS-S4"] {
            #expect(unredirected[id]?.state == .notReached && unredirected[id]?.blockedBy == "B1a", "\(id)")
        }
        // It has nothing to do with redirection, and what passed stays passed.
        #expect(unredirected["F1-log"]?.state == .fail && unredirected["C7"]?.state == .pass)
        #expect(results(["C1"])["C1"]?.state == .fail)
        #expect(results(["C1"])["C1"]?.detail == "seen")
    }

    @Test("a check's edges name other checks, and none leads back to it")
    func edges() {
        let edges = Dictionary(uniqueKeysWithValues: ConformanceGroup.checks.map { ($0.id, $0.follows) })
        for (id, follows) in edges {
            var reached: Set<String> = []
            var waiting = follows
            while let next = waiting.popLast() {
                guard reached.insert(next).inserted else { continue }
                #expect(edges[next] != nil, "\(id) follows \(next), which is no check")
                waiting += edges[next] ?? []
            }
            #expect(!reached.contains(id))
        }
    }

    @Test("a known defect excuses the check that it names, and no other")
    func knownDefect() throws {
        let day = try CalendarDay(parsing: "2027-01-01")
        let defects = ["conformance/G1", "burst"].map { KnownDefect(proof: ProofID(rawValue: $0), reason: "r", reference: "https://example.org", until: day) }
        let checks = ConformanceGroup.checks.filter { ["G1", "F1-log"].contains($0.id) }
        let failed = ConformanceResult.results(of: checks.map { ($0, .fail("")) }, knownDefects: defects)
        #expect(failed.filter { $0.isKnownDefect }.map(\.id) == ["G1"])
        let passed = ConformanceResult.results(of: checks.map { ($0, .pass("")) }, knownDefects: defects)
        #expect(!passed.contains { $0.isKnownDefect })
    }

    @Test("a check whose guest did not come to its end is unproven, whatever failed in another")
    func unproven() throws {
        let check = try #require(ConformanceGroup.checks.first { $0.id == "C1" })
        let first = try #require(ConformanceGroup.checks.first { $0.id == "B1a" })
        let results = ConformanceResult.results(of: [(first, .fail("")), (check, .unproven("the guest was reset"))])
        #expect(results.map(\.state) == [.fail, .unproven])
    }

    @Test("reads the kernel's table of sockets")
    func sockets() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:0C08 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1234 1 0000000000000000 100 0 0 10 0
               1: 0F0000A8:C350 0100007F:0C08 01 00000000:00000000 00:00000000 00000000     0        0 1235 1 0000000000000000 20 4 30 10 -1
               2: broken
            """
        let sockets = ProcNetTCP.sockets(table)
        #expect(sockets.count == 2)
        #expect(sockets[0] == ProcNetTCP.Socket(localAddress: [127, 0, 0, 1], localPort: 3080, remoteAddress: [0, 0, 0, 0], remotePort: 0, state: 10))
        #expect(sockets[1].localAddress == [168, 0, 0, 15] && sockets[1].remotePort == 3080 && sockets[1].state == 1)
    }

    @Test("modes and owners of files are judged entry by entry")
    func permissions() {
        func outcome(_ entries: [FileListing.Entry]) -> ConformanceOutcome {
            ConformanceGroup.permissions(
                ConformanceEvidence(reports: [], commands: [], listings: [FileListing(path: "/k", entries: entries)], journal: [], status: ""), "/k",
                forbidden: 0o077)
        }
        func entry(_ mode: UInt32, user: UInt32 = 0) -> FileListing.Entry {
            FileListing.Entry(path: "/k/a", mode: 0o100000 | mode, user: user, group: 0, size: 1)
        }
        #expect(outcome([entry(0o600)]) == .pass("1 entries"))
        #expect(outcome([entry(0o600), entry(0o640)]) == .fail("/k/a has mode 640 and owner 0"))
        #expect(outcome([entry(0o600, user: 7)]) == .fail("/k/a has mode 600 and owner 7"))
        #expect(outcome([]) == .fail("/k is missing"))
    }
}
