import ArgumentParser
import CellExpectations
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import RunHistory

/// `kmatrix diff`: what changed between two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what changed between two runs.",
        discussion: """
            A run is named by its folder, by its id in the history or the beginning of it, or as latest or previous. Cells are compared by \
            id; where a distribution has published its next kernel of a series, with the one before.

            With --exit-code the exit code is 1 for a regression: a cell that fails and did not before, unless it is documented as \
            unsupported, or a changed cell that contradicts an entry of --expectations. It is 3 when there is none, and something that was \
            proven before is unavailable, unproven or gone.

            EXAMPLES
              kmatrix diff previous latest
              kmatrix diff runs/monday runs/tuesday --format json
              kmatrix diff previous latest --exit-code --expectations expectations.yml
            """)

    @Argument(help: "The earlier run.")
    var before: String

    @Argument(help: "The later run.")
    var after: String

    @Flag(help: "Exit with 1 for a regression, with 3 for what is not proven any more.")
    var exitCode = false

    @OptionGroup(title: "Expectations") var expected: ExpectationOptions
    @OptionGroup(title: "History") var history: HistoryOptions

    @Option(help: "How to print: table, json, or jsonl (a line per change, then the counts).")
    var format: OutputFormat = .table

    func run() throws {
        let expectations = try expected.load()
        let sides = try ComparedRun.read([before, after], history: history)
        let comparison = RunComparison(before: sides[0].cells, after: sides[1].cells)
        let encoded = EncodedComparison(before: sides[0], after: sides[1], comparison, expectations)
        switch format {
        case .json: try StandardOutput.writeJSON(encoded)
        case .jsonl:
            for change in encoded.changes { try StandardOutput.writeJSON(change, isCompact: true) }
            try StandardOutput.writeJSON(["counts": encoded.counts], isCompact: true)
        case .table: StandardOutput.write(Self.table(encoded))
        }
        expectations.explain(comparison.changes.compactMap(\.after))
        if exitCode { throw ExitCodes.code(for: comparison, expectations) }
    }

    private static func table(_ comparison: EncodedComparison) -> String {
        let lines = comparison.changes.map { change in
            let from = change.before.map { change.previous == nil ? $0.text : "\(change.previous ?? "") \($0.text)" } ?? "no cell"
            let to = (change.after?.text ?? "no cell") + ((change.after?.attempts ?? 0) > 1 ? " (needed \(change.after?.attempts ?? 0) attempts)" : "")
            let summary = change.after.map { $0.verdict == .compatible ? "" : "\n    \($0.summary)" } ?? ""
            return "\(change.change.rawValue)\(change.regression ? " (regression)" : ""): \(change.id)\n    \(from) -> \(to)\(summary)"
        }
        let counts = RunComparison.Kind.allCases.compactMap { kind in comparison.counts[kind.rawValue].flatMap { $0 == 0 ? nil : "\($0) \(kind.rawValue)" } }
        let header = "\(comparison.before.id) (\(comparison.before.started)) -> \(comparison.after.id) (\(comparison.after.started))"
        let summary = (counts + ["\(comparison.counts["unchanged"] ?? 0) unchanged"]).joined(separator: ", ")
        return ([header] + lines + ["", summary]).flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .map { VisibleText.line(String($0)) }.joined(separator: "\n") + "\n"
    }
}
