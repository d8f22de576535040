import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import RunHistory

/// `kmatrix history costs`: prints measured cell times, which balance the parts of a run.
struct HistoryCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "costs",
        abstract: "Print measured cell times for --costs",
        discussion: """
            Prints the median of the ten newest runs that needed no retry, per cell and kernel
            series. Give all parts of a run the same file (help sharding).

            EXAMPLES
              kmatrix history costs --out costs.json
              kmatrix run --kernel all --shard 1/4 --costs costs.json
            """)

    @OptionGroup var history: HistoryOptions

    @Option(help: ArgumentHelp("File to write", valueName: "file.json"), completion: .file(extensions: ["json"]))
    var out: String?

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    private struct Line: Encodable {
        let cells: String
        let seconds: Double
    }

    func run() throws {
        let costs = try history.openExisting()?.costs() ?? .standard
        if let out { return try DurableFile.write(RunFolder.encoder().encode(costs), to: WorkingFolder.path(out)) }
        let lines = CellIDOrder.sort(costs.cells.map { Line(cells: $0.key, seconds: $0.value) }, by: \.cells)
        switch format {
        case .json: try StandardOutput.writeJSON(costs)
        case .jsonl: for line in lines { try StandardOutput.writeJSON(line, isCompact: true) }
        case .table: StandardOutput.write(TextColumns.render([["cells", "seconds"]] + lines.map { [VisibleText.line($0.cells), "\($0.seconds)"] }) + "\n")
        }
    }
}
