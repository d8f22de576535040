import ArgumentParser
import MatrixModel
import MatrixRunner

/// Which part of a run.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "One part of the run: 2/3 is the second of three.",
            discussion: """
                The same plan is divided alike on every machine, so that each part can run on another one; 'kmatrix merge' joins their \
                folders. Parts take about as long as each other, by --costs.
                """, valueName: "i/n"), transform: Self.shard)
    var shard: Shard?

    @OptionGroup var costs: CostOptions

    @Sendable private static func shard(_ text: String) throws -> Shard {
        do { return try Shard(parsing: text) } catch { throw ValidationError("\(error)") }
    }

    /// The part of the plan that was asked for; all of it when none was.
    func part(of plan: MatrixPlan, _ costs: CellCosts) -> MatrixPlan { shard.map { plan.part($0, costs: costs) } ?? plan }
}
