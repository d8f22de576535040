import EvidenceStore
import MatrixModel
import Testing

@testable import MatrixReport

@Suite("What is said of several cells")
struct SupportStatementTests {
    private func level(_ cells: [CellRecord]) -> SupportStatement.Level { SupportStatement(cells).level }

    private func notRun(_ layout: CgroupLayout) throws -> CellRecord {
        let judgement = Judgement(verdict: .notRun, cause: nil, summary: "")
        return CellRecord(
            cell: Cell(kernel: try ReportSamples.kernel("6.1.1-1"), cgroup: layout), judgement: judgement, evidence: nil, seconds: [:], attempts: 0)
    }

    @Test("supported only when every cell was measured and works")
    func supported() throws {
        let good = try ReportSamples.record("6.1.1-1", .unified)
        #expect(level([good]) == .supported)
        #expect(level([good, try notRun(.hybrid)]) == .unknown)
        #expect(level([good, try ReportSamples.record("6.1.1-1", .hybrid, cause: .timeout)]) == .unknown)
        #expect(level([good, try ReportSamples.record("6.1.1-1", .hybrid, cause: .attachNoCgroup2)]) == .partly)
        // What does not exist needs no support.
        #expect(level([good, try ReportSamples.record("6.1.1-1", .hybrid, cause: .layoutNotOffered)]) == .supported)
    }

    @Test("nothing measured is unknown, nothing there is absent, and neither is green")
    func unknown() throws {
        #expect(level([]) == .unknown)
        #expect(level([try notRun(.unified)]) == .unknown)
        #expect(level([try ReportSamples.record("6.1.1-1", .unified, cause: .layoutNotOffered)]) == .absent)
        #expect(level([try ReportSamples.record("6.1.1-1", .unified, cause: .verifierRejected)]) == .unsupported)
        #expect(SupportStatement([]).mark == .notRun)
    }

    @Test("hard conditions do not speak for a distribution")
    func representative() throws {
        let cells = [
            try ReportSamples.record("6.1.1-1", .unified), try ReportSamples.record("6.1.1-1", .unified, cause: .verifierRejected, bpf: "loop-lookup"),
            try ReportSamples.record("6.1.1-1", .unified, cause: .verifierRejected, profile: "lockdown-confidentiality"),
        ]
        #expect(SupportOverview.byGuest(cells).lines.map(\.all.level) == [.supported])
    }

    @Test("a statement says in which layouts it works, or why it does not")
    func words() throws {
        func words(_ cells: [CellRecord]) -> [String] { SupportOverview.byGuest(cells).lines.map(\.words) }
        let broken = try ReportSamples.record("6.1.1-1", .legacy, cause: .attachNoCgroup2)
        #expect(words([broken]) == ["unsupported: attach-failed/no-cgroup2"])
        #expect(words([broken, try ReportSamples.record("6.1.1-1", .hybrid), try ReportSamples.record("6.1.1-1", .unified)]) == ["partly: unified, hybrid"])
    }

    @Test("distributions and series stand in their order")
    func order() throws {
        let cells = try ["debian-9", "micro", "debian-12"].flatMap { guest in
            try ["5.9.1-1", "5.10.1-1"].map { try ReportSamples.record($0, .unified, guest: guest) }
        }
        #expect(SupportOverview.byGuest(cells).lines.map(\.name) == ["micro", "debian-9", "debian-12"])
        #expect(SupportOverview.bySeries(cells).lines.map(\.name) == ["5.9", "5.10"])
    }
}
