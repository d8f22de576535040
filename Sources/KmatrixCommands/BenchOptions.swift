import ArgumentParser

/// What every benchmark asks.
struct BenchOptions: ParsableArguments {
    @Option(help: "How often it is measured, 1 to 100 (default: 5; a matrix: 2).")
    var rounds: Int?

    @Option(help: "How to print the figures: table, json, or jsonl.")
    var format: OutputFormat = .table

    func validate() throws {
        if let rounds, !(1...100).contains(rounds) { throw ValidationError("--rounds must lie between 1 and 100") }
    }
}
