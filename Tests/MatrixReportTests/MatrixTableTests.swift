import EvidenceStore
import Foundation
import MatrixModel
import Testing

@testable import MatrixReport

@Suite("The table")
struct MatrixTableTests {
    static func kernel(_ version: String) throws -> KernelIdentity {
        KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: "r", origin: "debian/x")
    }

    static func record(_ version: String, _ layout: CgroupLayout, _ judgement: Judgement, attempts: Int = 1) throws -> CellRecord {
        CellRecord(
            cell: Cell(kernel: try kernel(version), cgroup: layout), judgement: judgement, evidence: "/runs/r/cells/\(version)-\(layout.rawValue)",
            seconds: [.total: 3], attempts: attempts)
    }

    static func document() throws -> RunDocument {
        let good = Judgement(verdict: .compatible, cause: nil, summary: "fine")
        return RunDocument(
            run: RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0.1.0"),
            cells: [
                try record("5.10.223-1", .unified, good),
                try record("5.10.223-1", .legacy, Judgement(cause: .attachNoCgroup2, summary: "cgroup v2 is mounted nowhere")),
                CellRecord(
                    unavailable: AskedCell(try KernelSelector(parsing: "5.15"), CellAxes(cgroup: .unified)),
                    judgement: Judgement(cause: .notOffered, summary: "nobody offers 5.15")),
                try record("6.1.176-1", .unified, Judgement(cause: .emulatorHang, summary: "the guest went silent"), attempts: 3),
            ])
    }

    @Test("reads as it always did")
    func snapshot() throws {
        let url = try #require(Bundle.module.url(forResource: "Snapshots/table", withExtension: "txt"))
        #expect(try MatrixTable(Self.document(), style: .plain).render() == String(contentsOf: url, encoding: .utf8))
    }

    @Test("a cell without a record is not run, never green")
    func missing() throws {
        let text = try MatrixTable(Self.document(), style: .plain).render()
        let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("6.1.176-1") })
        #expect(row.contains("not run"))
    }

    @Test("a part shows its cells, and says nothing of those that other parts have")
    func part() throws {
        var document = try Self.document()
        document.run.shard = try Shard(parsing: "1/3")
        let text = MatrixTable(document, style: .plain).render()
        let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("6.1.176-1") })
        #expect(!row.contains("not run") && row.hasSuffix("? inconclusive                "), "\(text)")
        #expect(text.contains("\npart 1/3, without the cells of other parts: 1 compatible"), "\(text)")
        let markdown = MarkdownReport(document: document, troubles: [], changes: nil).render()
        #expect(markdown.contains("part 1/3") && !markdown.contains("| . not run"), "\(markdown)")
        // A cell that this part has and did not run is said.
        document.cells.append(try Self.record("6.1.176-1", .legacy, Judgement(verdict: .notRun, cause: nil, summary: "Not run: the run ended first.")))
        #expect(MatrixTable(document, style: .plain).render().contains("not run"))
    }

    @Test("colour changes nothing but colour")
    func colour() throws {
        let painted = try MatrixTable(Self.document(), style: .colour).render()
        let bare = painted.replacing(/\u{1B}\[[0-9]*m/, with: "")
        #expect(painted.contains("\u{1B}[31m"))
        #expect(try bare == MatrixTable(Self.document(), style: .plain).render())
    }
}
