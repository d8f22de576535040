@testable import KmatrixCommands
import ArgumentParser
@testable import MatrixRunner
import Measurements

/// `ci/bench judge`: judging what real guests left.
struct BenchJudge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Time judging on the evidence of two real guests")

    @Option(help: ArgumentHelp("Kernels, as for run; may be repeated", valueName: "selector"))
    var kernel: [String] = ["6.1"]

    @Option(help: "Verdicts per round")
    var judgments: Int = 10_000

    @OptionGroup var bench: BenchOptions

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    func validate() throws {
        if !(1...1_000_000).contains(judgments) { throw ValidationError("--judgments must lie between 1 and 1000000") }
    }

    func run() async throws {
        let (judgments, rounds) = (judgments, bench.rounds ?? 5)
        let figures = try await BenchRun.measure(
            kernel.flatMap { ["--kernel", $0] } + ["--cgroup", "unified", "--cgroup", "legacy"], kernels: kernels, guests: GuestOptions.parse(["--jobs", "1"])
        ) { runner, plan, folder in try await JudgingBenchmark(runner: runner, rounds: rounds).run(plan, judgments: judgments, in: folder) }
        try BenchOutput.write(
            figures, ratios: figures.ratios, as: bench.format,
            rows: [
                ["verdicts", "\(figures.judgments)"], ["seconds", BenchOutput.text(figures.judging.seconds)],
                ["its ratio to the yardstick", BenchOutput.text(figures.judging.ratio)], ["microseconds each", "\(figures.microsecondsPerJudgment.rounded())"],
            ])
    }
}
