import MatrixReport
import MatrixRunner

/// What all benchmarks print alike.
enum BenchOutput {
    /// - Parameter rows: A name and a figure each, for people.
    static func write(_ figures: some Encodable, as format: OutputFormat, rows: [[String]]) throws {
        switch format {
        case .json: try StandardOutput.writeJSON(figures)
        case .jsonl: try StandardOutput.writeJSON(figures, isCompact: true)
        case .table: StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }

    /// Only what goes before the cells: their own words would be many.
    static func tell(_ event: RunnerEvent) {
        switch event {
        case .preparing(let text): StandardError.line(text)
        case .warning(let text): StandardError.line("warning: \(text)")
        default: break
        }
    }
}
