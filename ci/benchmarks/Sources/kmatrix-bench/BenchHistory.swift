@testable import KmatrixCommands
import ArgumentParser
import Foundation
import MatrixReport
import Measurements
@testable import RunHistory
import SystemPackage

/// `ci/bench history`: the history's questions, on runs that are made up.
struct BenchHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Time history and diff on synthetic runs; boots nothing")

    @Option(help: "Nights in the history")
    var nights: Int = 365

    @Option(help: "Cells per night")
    var cells: Int = 500

    @Option(help: "Cells of the two compared runs")
    var comparedCells: Int = 10_000

    @OptionGroup var bench: BenchOptions

    func validate() throws {
        if !(1...10_000).contains(nights) { throw ValidationError("--nights must lie between 1 and 10000") }
        if !(1...100_000).contains(cells) || !(1...100_000).contains(comparedCells) {
            throw ValidationError("--cells and --compared-cells must lie between 1 and 100000")
        }
    }

    func run() throws {
        let path = BenchRun.folder
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        let benchmark = HistoryBenchmark(folder: path, rounds: bench.rounds ?? 5)
        let figures = try benchmark.nights(nights, cells: cells) + benchmark.comparison(cells: comparedCells)
        try BenchOutput.write(
            figures, ratios: figures.map(\.ratio), as: bench.format,
            rows: [["question", "s (min / median / max)", "its ratio", "to"]]
                + figures.map { figure in
                    [figure.question, BenchOutput.fineText(figure.time.seconds), BenchOutput.text(figure.time.ratio), figure.unit]
                })
    }
}
