import GuestProtocol
import MatrixModel
import Testing

@testable import Conformance

@Suite("The conformance suite")
struct ConformanceTests {
    private static let nothing = ConformanceEvidence(reports: [], commands: [], listings: [], journal: [], status: "")

    @Test("has every check once, by upstream's ids")
    func ids() {
        let ids = ConformanceGroup.checks.map(\.id)
        #expect(Set(ids).count == ids.count)
        for id in ["A0", "A1", "A1b", "A1c", "A3", "A4", "A5", "G1", "B1a", "B1b", "B3", "B4", "C1", "C5", "C7", "E1", "F1", "F4", "PRE"] { #expect(ids.contains(id)) }
        for number in Array(1...12) + [17, 18, 19] {
            #expect(ids.contains("IMDS-S\(number)") && ids.contains("WS-S\(number)"))
        }
        #expect(ids.contains("IMDS-S20"))
    }

    @Test("no check passes on nothing", arguments: ConformanceGroup.checks.map(\.id))
    func empty(id: String) throws {
        let result = try #require(ConformanceGroup.checks.first { $0.id == id }).result(Self.nothing)
        // What no guest can show says so whatever happens; an agent whose files hold nothing has to prove that they were searched.
        #expect(result.status == (["A0", "P3-cap"].contains(id) ? .notApplicable : .fail), "\(result.detail)")
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

    @Test("one client in a crowd who is taken for another is found", arguments: [nil, "claims", "signature", "answer"] as [String?])
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
        let result = group.checks[0].result(ConformanceEvidence(reports: reports, commands: [], listings: [], journal: journal, status: ""))
        #expect(result.status == (fault == nil ? .pass : .fail))
    }

    @Test("a rule scenario fails when one probe gets another answer")
    func scenario() throws {
        let check = try #require(ConformanceGroup.checks.first { $0.id == "IMDS-S4" })
        func result(_ codes: [(String, Int32)]) -> ConformanceResult {
            let reports = codes.map { ClientReport(name: "IMDS-S4-\($0.0)", httpStatus: $0.1) }
            return check.result(ConformanceEvidence(reports: reports, commands: [], listings: [], journal: [], status: ""))
        }
        #expect(result([("instance", 200), ("token", 403), ("versions", 403)]).status == .pass)
        let failed = result([("instance", 200), ("token", 200), ("versions", 403)])
        #expect(failed.status == .fail)
        #expect(failed.detail.contains("IMDS-S4-token got 200 instead of 403"))
        #expect(result([("instance", 200), ("token", 403)]).status == .fail)
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
                ConformanceEvidence(reports: [], commands: [], listings: [FileListing(path: "/k", entries: entries)], journal: [], status: ""), "/k", forbidden: 0o077)
        }
        func entry(_ mode: UInt32, user: UInt32 = 0) -> FileListing.Entry { FileListing.Entry(path: "/k/a", mode: 0o100000 | mode, user: user, group: 0, size: 1) }
        #expect(outcome([entry(0o600)]) == .pass("1 entries"))
        #expect(outcome([entry(0o600), entry(0o640)]) == .fail("/k/a has mode 640 and owner 0"))
        #expect(outcome([entry(0o600, user: 7)]) == .fail("/k/a has mode 600 and owner 7"))
        #expect(outcome([]) == .fail("/k is missing"))
    }
}
