import Foundation
import MatrixModel
import Testing

@testable import EvidenceStore

@Suite("Two runs compared")
struct RunComparisonTests {
    static func cell(_ verdict: Verdict, _ cause: Cause? = nil, id: String = "a", lineage: String? = nil) -> CellOutcome {
        CellOutcome(id: id, lineage: lineage ?? id, verdict: verdict, cause: cause?.rawValue, summary: "s", documented: .supported, attempts: 1)
    }

    @Test("a proof that came out otherwise is a change, though verdict and cause are the same, and runs without proofs are not compared by them")
    func proofs() {
        func outcome(_ proofs: [ProofID: ProofState]) -> CellOutcome {
            CellOutcome(
                id: "a", lineage: "a", verdict: .degraded, cause: "dual-stack-not-redirected", summary: "", documented: .supported, attempts: 1, proofs: proofs)
        }
        let before = outcome([.load: .pass, .dualStack: .fail, .burst: .pass])
        let after = outcome([.load: .pass, .dualStack: .fail, .burst: .fail])
        let comparison = RunComparison(before: [before], after: [after])
        #expect(comparison.changes.map(\.kind) == [.changedProofs])
        #expect(comparison.changes.first?.changedProofs == [.burst])
        #expect(RunComparison(before: [before], after: [before]).changes.isEmpty)
        #expect(RunComparison(before: [outcome([:])], after: [after]).changes.isEmpty)
    }

    private static func outcome(_ verdict: Verdict, burst clients: Int?, _ state: ProofState, cause: Cause? = nil, others: [ProofID: ProofState] = [:])
        -> CellOutcome
    {
        CellOutcome(
            id: "a", lineage: "a", verdict: verdict, cause: cause?.rawValue, summary: "", documented: .supported, attempts: 1,
            proofs: others.merging([.burst: state]) { $1 }, burst: clients)
    }

    @Test("a burst that fails with many clients is not fixed because it passes with few")
    func lessProven() {
        let failed = Self.outcome(.degraded, burst: 200, .fail, cause: .eventsLost)
        let few = RunComparison(before: [failed], after: [Self.outcome(.compatible, burst: 16, .pass)])
        #expect(few.changes.map(\.kind) == [.lessProven] && few.bursts == [.init(before: 200, after: 16): 1])
        let many = RunComparison(before: [failed], after: [Self.outcome(.compatible, burst: 200, .pass)])
        #expect(many.changes.map(\.kind) == [.fixed] && many.bursts.isEmpty)
        // Of records from before tiers every burst was the large one.
        #expect(
            RunComparison(before: [Self.outcome(.degraded, burst: nil, .fail)], after: [Self.outcome(.compatible, burst: 16, .pass)]).changes.map(\.kind) == [
                .lessProven
            ])
        // Another failure that is gone is gone.
        let other = Self.outcome(.degraded, burst: 200, .pass, others: [.dualStack: .fail])
        #expect(
            RunComparison(before: [other], after: [Self.outcome(.compatible, burst: 16, .pass, others: [.dualStack: .pass])]).changes.map(\.kind) == [.fixed])
        // What fails with more clients than before is a failure that nobody was told of.
        #expect(RunComparison(before: [Self.outcome(.compatible, burst: 16, .pass)], after: [failed]).changes.map(\.kind) == [.newFailure])
    }

    @Test("the same outcome by bursts of two sizes is unchanged and counted")
    func bursts() {
        let comparison = RunComparison(before: [Self.outcome(.compatible, burst: 16, .pass)], after: [Self.outcome(.compatible, burst: 200, .pass)])
        #expect(comparison.changes.isEmpty && comparison.bursts == [.init(before: 16, after: 200): 1])
        let none = Self.outcome(.compatible, burst: 0, .notApplicable)
        #expect(none.burst == nil && RunComparison(before: [none], after: [none]).bursts.isEmpty)
    }

    @Test(
        "tell every kind of change apart",
        arguments: [
            (cell(.compatible), cell(.incompatible, .verifierRejected), RunComparison.Kind.newFailure), (cell(.compatible), cell(.degraded), .newFailure),
            (cell(.degraded), cell(.incompatible, .noBTF), .newFailure), (cell(.inconclusive, .timeout), cell(.incompatible, .noBTF), .newFailure),
            (nil, cell(.incompatible, .noBTF), .newFailure), (cell(.unavailable, .notOffered), cell(.degraded), .newFailure),
            (cell(.incompatible, .noBTF), cell(.incompatible, .loadFailed), .changedCause), (cell(.incompatible, .noBTF), cell(.degraded), .changedCause),
            (cell(.inconclusive, .timeout), cell(.inconclusive, .emulatorHang), .changedCause),
            (cell(.incompatible, .noBTF), cell(.compatible), .fixed), (cell(.degraded), cell(.compatible), .fixed),
            (cell(.compatible), cell(.unavailable, .notOffered), .newlyUnavailable), (cell(.inconclusive), cell(.unavailable, .fetchFailed), .newlyUnavailable),
            (cell(.compatible), cell(.inconclusive, .timeout), .newlyUnproven), (cell(.incompatible, .noBTF), cell(.notRun), .newlyUnproven),
            (cell(.inconclusive, .timeout), cell(.compatible), .newlyProven), (cell(.unavailable), cell(.compatible), .newlyProven),
            (nil, cell(.compatible), .added), (nil, cell(.unavailable), .added), (cell(.compatible), nil, .gone),
        ] as [(CellOutcome?, CellOutcome?, RunComparison.Kind)])
    func kinds(before: CellOutcome?, after: CellOutcome?, kind: RunComparison.Kind) {
        let comparison = RunComparison(before: [before].compactMap(\.self), after: [after].compactMap(\.self))
        #expect(comparison.changes.map(\.kind) == [kind])
        #expect(comparison.unchanged == 0)
    }

    @Test("count what did not change", arguments: [cell(.compatible), cell(.incompatible, .noBTF), cell(.unavailable, .notOffered), cell(.notRun)])
    func unchanged(cell: CellOutcome) {
        var other = cell
        other.attempts = 3
        other.summary = "other words"
        #expect(RunComparison(before: [cell], after: [other]) == RunComparison(before: [cell], after: [cell]))
        #expect(RunComparison(before: [cell], after: [other]).unchanged == 1)
    }

    @Test("take a series' next kernel for the same cell, so that its failure is no new cell's")
    func lineage() {
        let before = Self.cell(.compatible, id: "micro/6.1.1-1/x", lineage: "micro/6.1/x")
        let after = Self.cell(.incompatible, .verifierRejected, id: "micro/6.1.2-1/x", lineage: "micro/6.1/x")
        let comparison = RunComparison(before: [before], after: [after])
        #expect(comparison.changes == [.init(kind: .newFailure, before: before, after: after)])
    }

    @Test("do not guess where several kernels of a series changed at once")
    func ambiguous() {
        let before = [1, 2].map { Self.cell(.compatible, id: "micro/6.1.\($0)-1/x", lineage: "micro/6.1/x") }
        let after = [Self.cell(.compatible, id: "micro/6.1.3-1/x", lineage: "micro/6.1/x")]
        let comparison = RunComparison(before: before, after: after)
        #expect(comparison.changes.map(\.kind) == [.added, .gone, .gone])
        #expect(comparison.changes.map(\.id) == ["micro/6.1.3-1/x", "micro/6.1.1-1/x", "micro/6.1.2-1/x"])
    }

    @Test("of nothing are nothing, and an empty run has lost everything")
    func empty() {
        #expect(RunComparison(before: [], after: []).changes.isEmpty)
        #expect(RunComparison(before: [Self.cell(.compatible)], after: []).changes.map(\.kind) == [.gone])
    }

    @Test("know a record's lineage by its series")
    func outcomeOfRecord() throws {
        #expect(CellOutcome(try CellRecordTests.record()).lineage == "micro/6.1/cloud-amd64/legacy")
    }
}
