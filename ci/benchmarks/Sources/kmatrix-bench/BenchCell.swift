@testable import KmatrixCommands
import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
@testable import MatrixRunner
import Measurements
import SystemPackage

/// `ci/bench cell`: whole cells against bare boots.
struct BenchCell: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cell", abstract: "Time cells, cold and restored, against a bare boot")

    @Option(help: ArgumentHelp("Kernels, as for run; may be repeated", valueName: "selector"))
    var kernel: [String] = []

    @Option(help: ArgumentHelp("Distributions, as for run; may be repeated", valueName: "name"))
    var distro: [String] = []

    @OptionGroup var architecture: ArchitectureOptions

    @OptionGroup var bench: BenchOptions

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    func run() async throws {
        let axes =
            (kernel.isEmpty && distro.isEmpty ? ["5.10", "6.1", "6.12", "7.3"] : kernel).flatMap { ["--kernel", $0] } + distro.flatMap { ["--distro", $0] } + [
                "--cgroup", "unified",
            ]
            + architecture.arch.flatMap { ["--arch", $0] }
        let rounds = bench.rounds ?? 5
        // One at a time: what runs next to it would be measured too.
        let figures = try await BenchRun.measure(axes, kernels: kernels, guests: GuestOptions.parse(["--jobs", "1"])) { runner, plan, folder in
            try await CellBenchmark(runner: runner, rounds: rounds).run(plan, in: folder)
        }
        let text: (Spread) -> String = BenchOutput.text
        try BenchOutput.write(
            figures, ratios: figures.flatMap(\.ratios), as: bench.format,
            rows: [["guest", "architecture", "kernel", "bare s (min / median / max)", "cold cell s", "coldRatio", "snapshot cell s", "snapshotRatio"]]
                + figures.map {
                    [
                        $0.guest, $0.architecture.rawValue, $0.kernel, text($0.bareSeconds), text($0.coldSeconds), text($0.coldRatio),
                        text($0.snapshotSeconds), text($0.snapshotRatio),
                    ]
                })
    }
}
