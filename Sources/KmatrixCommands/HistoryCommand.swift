import ArgumentParser

/// `kmatrix history`: what past runs concluded.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what past runs concluded",
        discussion: """
            Every finished run is recorded (--no-history: not recorded). Runs of other
            machines are added with 'kmatrix history import'.

            EXAMPLES
              kmatrix history                      all runs
              kmatrix history '*/legacy'           these cells, run after run
              kmatrix history --flaky --since 30d  cells that needed retries
              kmatrix history import runs/*
              kmatrix history prune --keep 400
              kmatrix history costs --out costs.json
            """,
        subcommands: [HistoryList.self, HistoryImport.self, HistoryPrune.self, HistoryCosts.self], defaultSubcommand: HistoryList.self)
}
