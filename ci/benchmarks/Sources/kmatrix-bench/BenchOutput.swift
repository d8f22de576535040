@testable import KmatrixCommands
import MatrixReport
import Measurements

/// What all benchmarks print alike.
enum BenchOutput {
    /// What `ci/bench all` reads of every part.
    private struct EncodedFigures<Figures: Encodable>: Encodable {
        let ratios: [MeasuredRatio]
        let figures: Figures
    }

    /// - Parameters:
    ///   - ratios: What can be compared with another measurement.
    ///   - rows: A name and a figure each, or a heading and then one for each, for people.
    static func write(_ figures: some Encodable, ratios: [MeasuredRatio], as format: OutputFormat, rows: [[String]]) throws {
        switch format {
        case .json: try StandardOutput.writeJSON(EncodedFigures(ratios: ratios, figures: figures))
        case .jsonl: try StandardOutput.writeJSON(EncodedFigures(ratios: ratios, figures: figures), isCompact: true)
        case .table: StandardOutput.write(TextColumns.render(rows) + "\n")
        }
    }

    /// To a hundredth.
    static func text(_ spread: Spread) -> String { text(spread, parts: 100) }

    /// To a ten-thousandth, for what is over soon.
    static func fineText(_ spread: Spread) -> String { text(spread, parts: 10_000) }

    /// To a thousandth.
    static func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

    private static func text(_ spread: Spread, parts: Double) -> String {
        [spread.min, spread.median, spread.max].map { "\(($0 * parts).rounded() / parts)" }.joined(separator: " / ")
    }
}
