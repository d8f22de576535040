import ArgumentParser

/// `kmatrix history`: what past runs concluded.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "What past runs concluded: runs, cells over time, flakes.",
        discussion: """
            Every finished run is recorded by itself ('kmatrix run --no-history' leaves it out); runs of other machines \
            come in by 'kmatrix history import'.

            EXAMPLES
              kmatrix history                      the runs
              kmatrix history '*/legacy'           these cells, run after run
              kmatrix history --flaky --since 30d  cells that needed retries
              kmatrix history import runs/*
              kmatrix history prune --keep 400
              kmatrix history costs --out costs.json
            """,
        subcommands: [HistoryList.self, HistoryImport.self, HistoryPrune.self, HistoryCosts.self], defaultSubcommand: HistoryList.self)
}
