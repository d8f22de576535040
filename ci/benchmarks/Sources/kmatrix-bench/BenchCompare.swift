@testable import KmatrixCommands
import ArgumentParser
import MatrixReport
import Measurements

/// `ci/bench compare`: has anything become slower?
struct BenchCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare a measurement with a baseline",
        discussion: """
            A ratio is a regression when the least of its rounds now is beyond the most of the baseline's by more than the tolerance.

            EXIT CODES
              0  no regression
              1  a regression
              2  a file cannot be read, or they are of machines of different kinds (architecture, accelerator, cores)
              3  no regression, and a part or a ratio of the baseline could not be measured
            """)

    @Argument(help: "Measurement")
    var now: String

    @Option(help: "Baseline", completion: .file(extensions: ["json"]))
    var baseline: String

    @Option(help: "Tolerance in percent")
    var tolerance: Double = 15

    @Option(help: "Output")
    var format: OutputFormat = .table

    func validate() throws {
        if !(0...10_000).contains(tolerance) { throw ValidationError("--tolerance must lie between 0 and 10000") }
    }

    func run() throws {
        let comparison = try BenchComparison(baseline: BenchFile.read(baseline), named: baseline, now: BenchFile.read(now), tolerance: tolerance)
        switch format {
        case .json: try StandardOutput.writeJSON(comparison)
        case .jsonl: for row in comparison.rows { try StandardOutput.writeJSON(row, isCompact: true) }
        case .table: StandardOutput.write(Self.table(comparison))
        }
        if comparison.hasRegression { throw ExitCodes.againstExpectation }
        if !comparison.isComplete { throw ExitCodes.notProven }
    }

    static func table(_ comparison: BenchComparison) -> String {
        let rows = comparison.rows.filter { $0.ratio != nil && $0.outcome != .absent }.map { row in
            [
                row.part.rawValue, row.ratio ?? "", row.baseline.map(BenchOutput.fineText) ?? "-", row.now.map(BenchOutput.fineText) ?? "-",
                row.changePercent.map { "\($0 < 0 ? "" : "+")\(Int($0.rounded())) %" } ?? "-", row.outcome.rawValue,
            ]
        }
        let absent = comparison.rows.filter { $0.outcome == .absent }.map {
            "absent: \($0.part.rawValue)\($0.ratio.map { ": \($0)" } ?? ""): \($0.reason ?? "")"
        }
        let others = comparison.notAskedFor.isEmpty ? [] : ["not asked for: \(comparison.notAskedFor.map(\.rawValue).joined(separator: ", "))"]
        let counts = [BenchComparison.Outcome.worse, .better, .same, .added, .absent].compactMap { outcome in
            let count = comparison.rows.filter { $0.outcome == outcome }.count
            return count == 0 ? nil : "\(count) \(outcome.rawValue)"
        }
        let table = TextColumns.render([["part", "ratio (less is better)", "baseline (min / median / max)", "now", "change", ""]] + rows)
        let summary =
            "\(counts.isEmpty ? "nothing to compare" : counts.joined(separator: ", ")); up to \(BenchOutput.text(comparison.tolerance)) % beyond the "
            + "baseline's worst round is the same"
        return ([table] + absent + others + ["", summary]).joined(separator: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { VisibleText.line(String($0)) }.joined(separator: "\n") + "\n"
    }
}
