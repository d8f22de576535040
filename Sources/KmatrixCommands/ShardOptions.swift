import ArgumentParser
import MatrixModel
import MatrixPlanning
import MatrixRunner

/// Selects one part of a run.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Run one part of the matrix: 2/3 (help sharding)", valueName: "i/n"), transform: Self.shard)
    var shard: Shard?

    @OptionGroup var costs: CostOptions

    @Sendable private static func shard(_ text: String) throws -> Shard {
        do { return try Shard(parsing: text) } catch { throw ValidationError("\(error)") }
    }

    /// Returns the requested part of the plan, or the whole plan.
    func part(of plan: MatrixPlan, _ costs: CellCosts) -> MatrixPlan { shard.map { plan.part($0, costs: costs) } ?? plan }
}
