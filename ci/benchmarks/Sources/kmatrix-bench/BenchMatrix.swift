@testable import KmatrixCommands
import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
@testable import MatrixRunner
import Measurements
import SystemPackage

/// `ci/bench matrix`: a whole matrix from warm caches.
struct BenchMatrix: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix", abstract: "Time a matrix with new and existing snapshots against bare boots")

    @Option(help: ArgumentHelp("Kernels, as for run; may be repeated", valueName: "selector"))
    var kernel = ["all", "6.1/amd64", "6.12/amd64", "6.1/rt-amd64"]

    @OptionGroup var bench: BenchOptions

    @OptionGroup(title: "Guests") var guests: GuestOptions
    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    func run() async throws {
        let rounds = bench.rounds ?? 2
        let figures = try await BenchRun.measure(kernel.flatMap { ["--kernel", $0] }, kernels: kernels, guests: guests) { runner, plan, folder in
            try await MatrixBenchmark(runner: runner, rounds: rounds).run(plan, in: folder)
        }
        let text: (Spread) -> String = BenchOutput.text
        try BenchOutput.write(
            figures, ratios: figures.ratios, as: bench.format,
            rows: [
                ["kernels", "\(figures.kernels.count)"], ["cells", "\(figures.cells)"], ["jobs", "\(figures.jobs)"],
                ["bare boots of all kernels, s", text(figures.bareSeconds)],
                ["cells, snapshots to be made, s", text(figures.makingSeconds)], ["its ratio to the bare boots", text(figures.makingRatio)],
                ["cells, snapshots there, s", text(figures.warmSeconds)], ["its ratio to the bare boots", text(figures.warmRatio)],
                ["seconds per cell", text(figures.warmSecondsPerCell)], ["cells per minute", text(figures.cellsPerMinute)],
                ["a cell by itself, s", text(figures.cellSeconds)], ["kmatrix itself, % of processor time", text(figures.harnessPercent)],
                ["private memory of a guest, MiB", text(figures.privateMiBPerCell)],
                ["verdicts", figures.verdicts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")],
            ])
    }
}
