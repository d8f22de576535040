import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import RunHistory

/// `kmatrix diff`: compares two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two runs",
        discussion: """
            A run is a folder, an id in the history (or a prefix), latest, or previous.
            Cells are compared by id; a distribution's new kernel with the one before.

            EXAMPLES
              kmatrix diff previous latest
              kmatrix diff runs/monday runs/tuesday --format json
              kmatrix diff previous latest --exit-code --expectations expected.yml

            EXIT CODES
              0  the runs were compared
              1  --exit-code: a regression (new undocumented failure, or contradicted
                 expectation)
              3  --exit-code: no regression, but a proven cell is unproven or gone
            """)

    @Argument(help: "Earlier run")
    var before: String

    @Argument(help: "Later run")
    var after: String

    @Flag(help: "Exit with 1 for a regression, 3 for a lost proof")
    var exitCode = false

    @OptionGroup var expected: ExpectationOptions
    @OptionGroup var history: HistoryOptions

    @Option(help: ArgumentHelp("Output", valueName: "format"))
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
            let proofs = change.proofs.map { "\n    \($0.id): \($0.before?.rawValue ?? "none") -> \($0.after?.rawValue ?? "none")" }.joined()
            return "\(change.change.rawValue)\(change.regression ? " (regression)" : ""): \(change.id)\n    \(from) -> \(to)\(summary)\(proofs)"
        }
        let counts = RunComparison.Kind.allCases.compactMap { kind in comparison.counts[kind.rawValue].flatMap { $0 == 0 ? nil : "\($0) \(kind.rawValue)" } }
        let header = "\(comparison.before.id) (\(comparison.before.started)) -> \(comparison.after.id) (\(comparison.after.started))"
        let summary = (counts + ["\(comparison.counts["unchanged"] ?? 0) unchanged"]).joined(separator: ", ")
        let notes = comparison.bursts.map { "proof tiers differ in \($0.text)" }
        let all: [String] = [header] + lines + ["", summary] + notes
        return all.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .map { VisibleText.line(String($0)) }.joined(separator: "\n") + "\n"
    }
}
