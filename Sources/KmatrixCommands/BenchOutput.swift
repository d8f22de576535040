import MatrixReport
import MatrixRunner

/// What all benchmarks print alike.
enum BenchOutput {
    /// - Parameter rows: A name and a figure each, for people.
    static func write(_ figures: some Encodable, as format: OutputFormat, rows: [[String]]) throws {
        switch format {
        case .json: try StandardOutput.writeJSON(figures)
        case .jsonl: try StandardOutput.writeJSON(figures, isCompact: true)
        case .table: write(rows)
        }
    }

    /// - Parameters:
    ///   - name: Of the list in JSON; each on a line of its own needs none.
    ///   - rows: A heading, then one for each, for people.
    static func write(_ list: [some Encodable], named name: String, as format: OutputFormat, rows: [[String]]) throws {
        switch format {
        case .json: try StandardOutput.writeJSON([name: list])
        case .jsonl: for figures in list { try StandardOutput.writeJSON(figures, isCompact: true) }
        case .table: write(rows)
        }
    }

    /// To a hundredth.
    static func text(_ spread: Spread) -> String { [spread.min, spread.median, spread.max].map { "\(($0 * 100).rounded() / 100)" }.joined(separator: " / ") }

    /// To a thousandth.
    static func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

    private static func write(_ rows: [[String]]) { StandardOutput.write(TextColumns.render(rows) + "\n") }
}
