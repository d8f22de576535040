@testable import KmatrixCommands
import ArgumentParser

/// Options of every benchmark.
struct BenchOptions: ParsableArguments {
    @Option(help: "Rounds, 1 to 100 (default: 5; a matrix: 2)")
    var rounds: Int?

    @Option(help: "Output")
    var format: OutputFormat = .table

    func validate() throws {
        if let rounds, !(1...100).contains(rounds) { throw ValidationError("--rounds must be between 1 and 100") }
    }
}
