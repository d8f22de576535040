import EvidenceStore
import MatrixModel
import TestSupport
import Testing

@testable import MatrixPlanning

@Suite("A plan in parts")
struct ShardingTests {
    private func plan(_ generator: inout SeededGenerator) throws -> MatrixPlan {
        let versions = (0..<Int.random(in: 0...5, using: &generator)).map { "6.\($0).\(Int.random(in: 1...9, using: &generator))-1" }
        let layouts = CgroupLayout.allCases.filter { _ in Bool.random(using: &generator) }
        let cells = PlanSample.cells(try versions.map(PlanSample.kernel), try PlanSample.axes(layouts))
        let missing = try layouts.map {
            CellRecord(
                unavailable: AskedCell(try KernelSelector(parsing: "5.15"), CellAxes(cgroup: $0)), judgement: Judgement(cause: .notOffered, summary: "none"))
        }
        return MatrixPlan(cells: cells, unavailable: missing, warnings: ["w"])
    }

    @Test("has every cell in exactly one part, and each part knows the others'", arguments: fuzzSeeds(40))
    func partition(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let plan = try plan(&generator)
        let count = Int.random(in: 1...7, using: &generator)
        let parts = try (1...count).map { plan.part(try Shard(parsing: "\($0)/\(count)"), costs: .standard) }
        let all = (plan.cells.map(\.cell.id.text) + plan.unavailable.map(\.id)).sorted()
        #expect(parts.flatMap { $0.cells.map(\.cell.id.text) + $0.unavailable.map(\.id) }.sorted() == all)
        for part in parts {
            #expect((part.cells.map(\.cell.id.text) + part.unavailable.map(\.id) + part.elsewhere.map(\.id)).sorted() == all)
            #expect(part.elsewhere.allSatisfy { $0.verdict == .notRun })
        }
    }

    @Test("stays the same part, whatever was measured here since")
    func same() throws {
        var generator = SeededGenerator(seed: 4)
        let plan = try plan(&generator)
        let shard = try Shard(parsing: "1/3")
        #expect(plan.part(shard, costs: .standard).cells.map(\.cell) == plan.part(shard, costs: .standard).cells.map(\.cell))
        #expect(plan.milliseconds(.standard) >= plan.part(shard, costs: .standard).milliseconds(.standard))
    }
}
