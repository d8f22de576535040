import ArtefactCache
import EvidenceStore
import MatrixModel
import MatrixPlanning
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("What runs a single guest")
struct OnlyCellTests {
    @Test("takes the plan's only cell, and says what the selectors give when there is none or several")
    func onlyCell() throws {
        let folder = try TemporaryFolder()
        try StandInProducts.make(in: folder.path)
        var axes = try PlanSample.axes([.unified])
        axes.kernels = [try KernelSelector(parsing: "6.1")]
        let runner = MatrixRunner(
            testing: MatrixRequest(blocks: [axes]), products: try Products(folder: folder.path), cache: ArtefactCache(root: folder.path.appending("cache")))
        let cells = PlanSample.cells([try PlanSample.kernel("6.1.1-1")], try PlanSample.axes([.unified, .legacy]))
        let only = try #require(cells.first)
        func plan(_ cells: [PlannedCell], _ unavailable: [CellRecord] = []) -> MatrixPlan {
            MatrixPlan(cells: cells, unavailable: unavailable, warnings: [])
        }
        #expect(try runner.onlyCell(of: plan([only])).cell == only.cell)
        let missing = CellRecord(
            unavailable: AskedCell(try KernelSelector(parsing: "6.1"), CellAxes(cgroup: .unified)), judgement: Judgement(cause: .notOffered, summary: "gone"))
        for (plan, words) in [(plan(cells), "'6.1' selects 2 cells"), (plan([]), "no cell"), (plan([], [missing]), "gone")] {
            let error = try #require(throws: RunnerError.self) { try runner.onlyCell(of: plan) }
            #expect(error.code == .notOneCell && error.description.contains(words), "\(error)")
        }
    }
}
