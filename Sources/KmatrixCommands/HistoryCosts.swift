import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import RunHistory

/// `kmatrix history costs`: what cells took, for dividing runs.
struct HistoryCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "costs",
        abstract: "Say what cells took, for 'kmatrix run --shard --costs'.",
        discussion: """
            The median of a cell's ten newest runs that came to a verdict at the first attempt, in seconds, kernels of one series \
            together, and that of each guest's cells. Give every part of a run the same file.

            EXAMPLES
              kmatrix history costs --out costs.json
              kmatrix run --kernel all --shard 1/4 --costs costs.json
            """)

    @OptionGroup(title: "History") var history: HistoryOptions

    @Option(help: ArgumentHelp("The file for --costs.", valueName: "file.json"), completion: .file(extensions: ["json"]))
    var out: String?

    @Option(help: "How to print: table, json (what --out writes), or jsonl (a line per cell).")
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
