import ArgumentParser
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import StrictYAML

/// Reads expectations, which override the documented support.
struct ExpectationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Expected verdicts (help expectations)", valueName: "file"),
        completion: .file(extensions: ["yml", "yaml"]))
    var expectations: String?

    @Flag(help: "Reject expectations after their last day")
    var strictExpectations = false

    /// Reads the file. Entries after their last day are warnings.
    /// - Parameter others: Further expectations, such as those of a matrix; entries of the file take precedence.
    /// - Throws: `ValidationError` for such entries with `--strict-expectations`, and for a file that cannot be read; `YAMLError` for an error in it.
    func load(besides others: Expectations? = nil) throws -> Expectations {
        let all = try [read(), others].compactMap(\.self)
        let expired = all.flatMap(\.expired).map(\.expiry)
        guard expired.isEmpty || !strictExpectations else { throw ValidationError("--strict-expectations: \(expired.joined(separator: "\n"))") }
        for words in expired { StandardError.line("warning: \(words)") }
        return Expectations(all.flatMap(\.entries), expired: all.flatMap(\.expired))
    }

    private func read() throws -> Expectations? {
        guard let expectations else { return nil }
        let text: String
        do { text = try String(contentsOfFile: expectations, encoding: .utf8) } catch {
            throw ValidationError("--expectations: cannot read '\(expectations)': \(error.localizedDescription)")
        }
        return try Expectations(parsing: text, source: expectations, today: .today())
    }
}

extension Expectations {
    /// Reports cells that contradict an entry, and entries that match no cell.
    func explain(_ outcomes: [CellOutcome]) {
        for outcome in outcomes {
            guard let entry = entry(for: outcome.id), !entry.isMet(by: outcome.verdict, cause: outcome.cause) else { continue }
            let found = [outcome.verdict.rawValue, outcome.cause].compactMap(\.self).joined(separator: " ")
            let expected = [entry.verdict.rawValue, entry.cause?.rawValue].compactMap(\.self).joined(separator: " ")
            StandardError.line("unexpected: \(VisibleText.line("\(outcome.id): \(found)")); \(entry.place) expects \(expected) (\(entry.reason))")
        }
        for entry in unused(among: outcomes.map(\.id)) {
            StandardError.line("warning: \(entry.place): no cell of this run matches '\(entry.cells)'")
        }
    }
}
