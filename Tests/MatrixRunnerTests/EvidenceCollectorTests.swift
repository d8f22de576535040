import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import MatrixRunner

@Suite("Collecting evidence")
struct EvidenceCollectorTests {
    let client = ClientSpec(name: "a", kind: .connect, user: 0, address: [1, 2, 3, 4], port: 80, path: "/")

    @Test("a guest that says nothing has ended early, not well")
    func nothing() {
        #expect(EvidenceCollector(layout: .unified, clients: []).evidence.fate == .endedEarly)
    }

    @Test("pieces of an item are joined, and only its end makes it whole")
    func pieces() {
        var collector = EvidenceCollector(layout: .unified, clients: [])
        collector.receive(.evidence(.status, bytes: [1, 2]), at: .now)
        collector.receive(.evidence(.status, bytes: [3]), at: .now)
        #expect(collector.evidence.items[.status]?.isWhole == false)
        collector.receive(.evidenceEnd(.status, length: 3, isTruncated: false), at: .now)
        #expect(collector.evidence.items[.status]?.isWhole == true)
        #expect(collector.evidence.items[.status]?.bytes == [1, 2, 3])
    }

    @Test("an item that is longer in the guest than what came is not whole")
    func short() {
        var collector = EvidenceCollector(layout: .unified, clients: [])
        collector.receive(.evidence(.status, bytes: [1]), at: .now)
        collector.receive(.evidenceEnd(.status, length: 9, isTruncated: false), at: .now)
        #expect(collector.evidence.items[.status]?.isWhole == false)
    }

    @Test("the guest cannot report more clients than there are, nor end the agent twice")
    func bounds() {
        var collector = EvidenceCollector(layout: .unified, clients: [client])
        let report = ClientReport(name: "a", connectError: nil, peer: "", httpStatus: nil, hasProxyHeader: false, microseconds: 1, failure: "")
        for _ in 0..<5 { collector.receive(.client(report), at: .now) }
        #expect(collector.evidence.reports.count == 1)
        collector.receive(.agentEnded(.exited(code: 1)), at: .now)
        collector.receive(.agentEnded(.signalled(signal: 9)), at: .now)
        #expect(collector.evidence.agentEnding == .exited(code: 1))
    }

    @Test("clients cover both users, both endpoints and both kinds")
    func clients() {
        let names = StandardClients.all.map(\.name)
        #expect(Set(names).count == 8)
        #expect(Set(StandardClients.all.map(\.user)) == [0, StandardClients.ordinaryUser])
    }
}
