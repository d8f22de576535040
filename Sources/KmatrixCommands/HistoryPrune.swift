import ArgumentParser
import MatrixReport
import RunHistory

/// `kmatrix history prune`: removes old runs from the history.
struct HistoryPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old runs from the history, not from disk",
        discussion: """
            With both options a run is removed only when both apply. 'history import' adds a
            removed run again.

            EXAMPLES
              kmatrix history prune --keep 400
              kmatrix history prune --older-than 365 --keep 10
            """)

    @Option(help: ArgumentHelp("Keep the N newest runs", valueName: "n"))
    var keep: Int?

    @Option(help: ArgumentHelp("Remove runs that started more than N days ago", valueName: "days"))
    var olderThan: Int?

    @OptionGroup var history: HistoryOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func validate() throws {
        if keep == nil, olderThan == nil { throw ValidationError("nothing selected; add --keep or --older-than") }
        if let keep, keep < 0 { throw ValidationError("--keep must be 0 or more") }
        if let olderThan, !(0...36_500).contains(olderThan) { throw ValidationError("--older-than must be between 0 and 36500 days") }
    }

    func run() throws {
        let before = olderThan.flatMap { SinceArgument(argument: "\($0)d")?.moment }
        let forgotten = try history.openExisting()?.prune(keeping: keep, before: before) ?? []
        let encoded = forgotten.map(EncodedHistoricRun.init)
        switch format {
        case .json: try StandardOutput.writeJSON(["forgotten": encoded])
        case .jsonl: for run in encoded { try StandardOutput.writeJSON(run, isCompact: true) }
        case .table:
            if !forgotten.isEmpty { StandardOutput.write(TextColumns.render(forgotten.map { [VisibleText.line($0.id), $0.started] }) + "\n") }
            StandardOutput.write("\(forgotten.count) runs removed from the history\n")
        }
    }
}
