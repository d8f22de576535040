import ArgumentParser
import EvidenceStore
import Foundation
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix bench plan`: planning and dividing a large run. Boots nothing.
struct BenchPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Time the planning of a large run, and say what it would cost on many machines. Boots nothing.")

    @Option(help: "How many cells, at least.")
    var cells: Int = 100_000

    @Option(help: "How many machines share them.")
    var nodes: Int = 100

    @OptionGroup var shards: ShardOptions

    @Option(help: "How to print the figures: table, json, or jsonl.")
    var format: OutputFormat = .table

    func validate() throws {
        if !(1...1_000_000).contains(cells) || !(1...10_000).contains(nodes) { throw ValidationError("--cells must lie between 1 and 1000000, --nodes between 1 and 10000") }
    }

    func run() async throws {
        let figures = try PlanningBenchmark(products: Products(folder: RunPreparation.productsFolder()), costs: shards.cellCosts()).run(cells: cells, nodes: nodes)
        func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        func text(_ extremes: PlanningBenchmark.Extremes) -> String { "\(text(extremes.min)) to \(text(extremes.max))" }
        try BenchOutput.write(
            figures, as: format,
            rows: [
                ["cells", "\(figures.cells)"], ["nodes", "\(figures.nodes)"], ["planned in, s", text(figures.planSeconds)], ["divided in, s", text(figures.splitSeconds)],
                ["guests one after the other, h", text(figures.totalHours)], ["each node, h", text(figures.nodeHours)],
                ["each node with one cache for all, h", text(figures.sharedCacheNodeHours)], ["each node when cells go round, h", text(figures.unbalancedNodeHours)],
                ["of it preparations, %", text(figures.preparationShare * 100)],
            ])
    }
}

/// `kmatrix bench judge`: judging what real guests left.
struct BenchJudge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Time judging on what real guests left, one that works and one that does not.")

    @Option(help: ArgumentHelp("Which kernels, as for run. May be repeated.", valueName: "selector"))
    var kernel: [String] = ["6.1"]

    @Option(help: "How many verdicts.")
    var judgments: Int = 10_000

    @OptionGroup(title: "Kernels") var kernels: KernelOptions

    @Option(help: "How to print the figures: table, json, or jsonl.")
    var format: OutputFormat = .table

    func validate() throws {
        if !(1...1_000_000).contains(judgments) { throw ValidationError("--judgments must lie between 1 and 1000000") }
    }

    func run() async throws {
        let arguments = self
        let figures = try await InterruptibleWork.run { try await arguments.measure() }
        try BenchOutput.write(
            figures, as: format,
            rows: [["verdicts", "\(figures.judgments)"], ["seconds", "\((figures.seconds * 1000).rounded() / 1000)"], ["microseconds each", "\(figures.microsecondsPerJudgment.rounded())"]])
    }

    private func measure() async throws -> JudgingBenchmark.Figures {
        let axes = try AxisOptions.parse(kernel.flatMap { ["--kernel", $0] } + ["--cgroup", "unified", "--cgroup", "legacy"])
        let prepared = try await RunPreparation(axes: axes, kernels: kernels, guests: try GuestOptions.parse(["--jobs", "1"]), events: BenchOutput.tell)
        let path = FilePath(NSTemporaryDirectory()).appending("kmatrix-bench-\(getpid())")
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        return try await JudgingBenchmark(runner: prepared.runner).run(prepared.runner.plan(), judgments: judgments, in: try RunFolder.create(at: path))
    }
}
