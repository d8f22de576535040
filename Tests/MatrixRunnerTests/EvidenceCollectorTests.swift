import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import MatrixRunner

@Suite("Collecting evidence")
struct EvidenceCollectorTests {
    let client = ClientSpec(name: "a", kind: .connect, user: 0, address: [1, 2, 3, 4], port: 80)

    static func collector(_ steps: [GuestStep]) -> EvidenceCollector {
        EvidenceCollector(plan: GuestPlan(layout: .unified, agentPath: "a", steps: steps), expectation: ScenarioExpectation(status: "SUCCESS"))
    }

    @Test(
        "how fast the guest's clock ran is told by its phases, if they lie far enough apart",
        arguments: [
            (2_000, 2_000, 1.0), (4_700, 1_000, 4.7), (300, 300, nil), (-1, 1_000, nil),
        ] as [(Int, Int, Double?)])
    func clock(guest: Int, host: Int, rate: Double?) {
        var collector = Self.collector([])
        let start = ContinuousClock.now
        collector.receive(.phase(.planReceived, uptimeMilliseconds: 900), at: start)
        collector.receive(.phase(.clientsDone, uptimeMilliseconds: UInt64(900 + guest)), at: start + .milliseconds(host))
        collector.end(.poweredOff)
        #expect(collector.evidence.clockRate == rate)
    }

    @Test("a guest that says nothing has ended early, not well")
    func nothing() {
        #expect(Self.collector([]).evidence.fate == .endedEarly)
    }

    @Test("pieces of an item are joined, and only its end makes it whole")
    func pieces() {
        var collector = Self.collector([])
        collector.receive(.evidence(.status, bytes: [1, 2]), at: .now)
        collector.receive(.evidence(.status, bytes: [3]), at: .now)
        #expect(collector.evidence.items[.status]?.isWhole == false)
        collector.receive(.evidenceEnd(.status, length: 3, isTruncated: false), at: .now)
        #expect(collector.evidence.items[.status]?.isWhole == true)
        #expect(collector.evidence.items[.status]?.bytes == [1, 2, 3])
    }

    @Test("an item that is longer in the guest than what came is not whole")
    func short() {
        var collector = Self.collector([])
        collector.receive(.evidence(.status, bytes: [1]), at: .now)
        collector.receive(.evidenceEnd(.status, length: 9, isTruncated: false), at: .now)
        #expect(collector.evidence.items[.status]?.isWhole == false)
    }

    @Test("the guest cannot report more clients than there are, nor end the agent twice")
    func bounds() {
        var collector = Self.collector([.clients([client]), .list(path: "/a")])
        let report = ClientReport(name: "a")
        let command = CommandReport(name: "b", ending: nil, output: [], microseconds: 0)
        for _ in 0..<5 {
            collector.receive(.client(report), at: .now)
            collector.receive(.files(FileListing(path: "/a", entries: [])), at: .now)
            collector.receive(.command(command), at: .now)
        }
        #expect(collector.evidence.reports.count == 1)
        #expect(collector.evidence.listings.count == 1)
        #expect(collector.evidence.commands.isEmpty)
        collector.receive(.agentEnded(.exited(code: 1)), at: .now)
        collector.receive(.agentEnded(.signalled(signal: 9)), at: .now)
        #expect(collector.evidence.agentEnding == .exited(code: 1))
    }
}
