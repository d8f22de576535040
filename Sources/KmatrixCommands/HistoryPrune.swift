import ArgumentParser
import MatrixReport
import RunHistory

/// `kmatrix history prune`: forgets old runs.
struct HistoryPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Forget old runs. Their folders stay; import brings them back.",
        discussion: """
            With both options a run is forgotten only when it is old and not among the newest.

            EXAMPLES
              kmatrix history prune --keep 400
              kmatrix history prune --older-than 365 --keep 10
            """)

    @Option(help: ArgumentHelp("How many of the newest runs stay.", valueName: "number"))
    var keep: Int?

    @Option(help: ArgumentHelp("Forget runs that started more than so many days ago.", valueName: "days"))
    var olderThan: Int?

    @OptionGroup(title: "History") var history: HistoryOptions

    @Option(help: "How to print what was forgotten: table, json, or jsonl.")
    var format: OutputFormat = .table

    func validate() throws {
        if keep == nil, olderThan == nil { throw ValidationError("say what may be forgotten with --keep or --older-than") }
        if let keep, keep < 0 { throw ValidationError("--keep takes a number of runs, 0 or more") }
        if let olderThan, !(0...36_500).contains(olderThan) { throw ValidationError("--older-than takes a number of days, from 0 to 36500") }
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
            StandardOutput.write("\(forgotten.count) runs forgotten\n")
        }
    }
}
