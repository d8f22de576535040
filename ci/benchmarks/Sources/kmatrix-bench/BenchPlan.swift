@testable import KmatrixCommands
import ArgumentParser
@testable import MatrixPlanning
@testable import MatrixRunner
import Measurements

/// `ci/bench plan`: planning and dividing a large run. Boots nothing.
struct BenchPlan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Time the planning of a large run; boots nothing")

    @Option(help: "Minimum number of cells")
    var cells: Int = 100_000

    @Option(help: "Machines that share them")
    var nodes: Int = 100

    @OptionGroup var bench: BenchOptions

    @OptionGroup var costs: CostOptions

    func validate() throws {
        if !(1...1_000_000).contains(cells) || !(1...10_000).contains(nodes) {
            throw ValidationError("--cells must lie between 1 and 1000000, --nodes between 1 and 10000")
        }
    }

    func run() throws {
        let figures = try PlanningBenchmark(products: Products(folder: RunPreparation.productsFolder()), costs: costs.cellCosts()).run(
            cells: cells, nodes: nodes, rounds: bench.rounds ?? 5)
        let text: (Double) -> String = BenchOutput.text
        func range(_ extremes: PlanningBenchmark.Extremes) -> String { "\(text(extremes.min)) to \(text(extremes.max))" }
        try BenchOutput.write(
            figures, ratios: figures.ratios, as: bench.format,
            rows: [
                ["cells", "\(figures.cells)"], ["nodes", "\(figures.nodes)"], ["planned in, s", BenchOutput.text(figures.planning.seconds)],
                ["its ratio to the yardstick", BenchOutput.text(figures.planning.ratio)], ["divided in, s", BenchOutput.text(figures.splitting.seconds)],
                ["its ratio to the yardstick", BenchOutput.text(figures.splitting.ratio)],
                ["guests one after the other, h", text(figures.totalHours)], ["each node, h", range(figures.nodeHours)],
                ["each node with one cache for all, h", range(figures.sharedCacheNodeHours)],
                ["each node when cells go round, h", range(figures.unbalancedNodeHours)],
                ["of it preparations, %", text(figures.preparationShare * 100)],
            ])
    }
}
