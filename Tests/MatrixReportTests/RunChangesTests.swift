import EvidenceStore
import MatrixModel
import Testing

@testable import MatrixReport

@Suite("Changes between runs")
struct RunChangesTests {
    private func kinds(_ before: [CellRecord], _ after: [CellRecord]) -> [RunChanges.Kind] {
        RunChanges(from: RunDocument(run: ReportSamples.run("a"), cells: before), to: RunDocument(run: ReportSamples.run("b"), cells: after)).changes.map(\.kind)
    }

    private func cell(_ cause: Cause? = nil, version: String = "6.1.1-1") throws -> CellRecord { try ReportSamples.record(version, .unified, cause: cause) }

    @Test(
        "are told apart",
        arguments: [
            (nil, Cause.verifierRejected, RunChanges.Kind.broken), (.verifierRejected, nil, .fixed), (.verifierRejected, .loadFailed, .changedCause),
            (nil, .fetchFailed, .newlyUnavailable), (nil, .timeout, .newlyUnproven), (.timeout, nil, .newlyProven), (.timeout, .verifierRejected, .broken),
            (.timeout, .emulatorHang, .changedCause),
        ] as [(Cause?, Cause?, RunChanges.Kind)])
    func kinds(before: Cause?, after: Cause?, kind: RunChanges.Kind) throws {
        #expect(kinds([try cell(before)], [try cell(after)]) == [kind])
    }

    @Test("what is the same is no change, even with another summary")
    func same() throws {
        var other = try cell(.verifierRejected)
        other.summary = "another"
        #expect(kinds([try cell(.verifierRejected)], [other]).isEmpty)
    }

    @Test("cells come and go")
    func coming() throws {
        #expect(kinds([], [try cell()]) == [.added])
        #expect(kinds([try cell()], []) == [.gone])
    }

    @Test("a kernel's next version takes the place of the one before")
    func lineage() throws {
        #expect(kinds([try cell(version: "6.1.1-1")], [try cell(version: "6.1.9-1")]).isEmpty)
        #expect(kinds([try cell(version: "6.1.1-1")], [try cell(.loadFailed, version: "6.1.9-1")]) == [.broken])
        // Two of them are two cells, and which was the one before nobody knows.
        #expect(kinds([try cell(version: "6.1.1-1")], [try cell(version: "6.1.8-1"), try cell(version: "6.1.9-1")]) == [.added, .added, .gone])
    }
}
