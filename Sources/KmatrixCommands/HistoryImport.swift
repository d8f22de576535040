import ArgumentParser
import EvidenceStore
import MatrixReport
import RunHistory
import SystemPackage

/// `kmatrix history import`: adds run folders to the history.
struct HistoryImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add run folders to the history",
        discussion: """
            Importing a run again updates it. A damaged folder, or one with changed verdicts,
            is rejected with exit code 2; the other folders are imported.

            EXAMPLE
              kmatrix history import runs/nightly-*
            """)

    @Argument(help: ArgumentHelp("Run folders", valueName: "run-folder"), completion: .directory)
    var folders: [String]

    @OptionGroup var history: HistoryOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() throws {
        let database = try history.open()
        var imported: [EncodedImport] = []
        var isWhole = true
        for folder in folders {
            let path = WorkingFolder.path(folder)
            do {
                let stored = try StoredRun.intact(at: path)
                if !stored.unfinished.isEmpty {
                    StandardError.line("warning: the run in '\(path)' is incomplete: \(stored.unfinished.count) cells have no verdict")
                }
                let recording = try database.record(stored.document.run, stored.document.outcomes, folder: path)
                imported.append(EncodedImport(run: stored.document.run.id, folder: path.string, cells: stored.document.cells.count, recording: recording))
            } catch let error as RunReadingError {
                StandardError.line("error: " + VisibleText.line("\(error)"))
                isWhole = false
            }
        }
        switch format {
        case .json: try StandardOutput.writeJSON(["imported": imported])
        case .jsonl: for run in imported { try StandardOutput.writeJSON(run, isCompact: true) }
        case .table:
            let rows = imported.map { [VisibleText.line($0.run), "\($0.cells) cells", $0.recording.rawValue] }
            if !rows.isEmpty { StandardOutput.write(TextColumns.render(rows) + "\n") }
        }
        if !isWhole { throw ExitCodes.usage }
    }
}

private struct EncodedImport: Encodable {
    let run: String
    let folder: String
    let cells: Int
    let recording: RunDatabase.Recording
}
