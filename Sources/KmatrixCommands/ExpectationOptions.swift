import ArgumentParser
import CellExpectations
import EvidenceStore
import Foundation
import MatrixModel
import MatrixReport
import StrictYAML

/// What is expected beyond what is documented.
struct ExpectationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file of expectations, which count before what is documented; see the README.",
            discussion: "An entry past its last day is an error: see whether it still holds.", valueName: "file.yml"),
        completion: .file(extensions: ["yml", "yaml"]))
    var expectations: String?

    /// - Parameter others: What is expected elsewhere, as in a matrix; the file's own entries count first.
    func load(besides others: Expectations? = nil) throws -> Expectations {
        guard let own = try read() else { return others ?? .none }
        return Expectations(own.entries + (others?.entries ?? []))
    }

    private func read() throws -> Expectations? {
        guard let expectations else { return nil }
        let text: String
        do { text = try String(contentsOfFile: expectations, encoding: .utf8) } catch {
            throw ValidationError("--expectations: '\(expectations)' cannot be read: \(error.localizedDescription)")
        }
        return try Expectations(parsing: text, source: expectations, today: .today())
    }
}

extension Expectations {
    func assessment(of outcome: CellOutcome) -> Assessment {
        assessment(
            of: outcome.id, verdict: outcome.verdict, cause: outcome.cause, documented: outcome.documented, failsOnlyAsKnown: outcome.failsOnlyAsKnown)
    }

    /// Says what did not turn out as an entry has it, and which entries speak of nothing.
    func explain(_ outcomes: [CellOutcome]) {
        for outcome in outcomes {
            guard let entry = entry(for: outcome.id), !entry.isMet(by: outcome.verdict, cause: outcome.cause) else { continue }
            let found = [outcome.verdict.rawValue, outcome.cause].compactMap(\.self).joined(separator: " ")
            let expected = [entry.verdict.rawValue, entry.cause?.rawValue].compactMap(\.self).joined(separator: " ")
            StandardError.line("not as expected: \(VisibleText.line("\(outcome.id): \(found)")), where \(entry.place) expects \(expected) (\(entry.reason))")
        }
        for entry in unused(among: outcomes.map(\.id)) {
            StandardError.line("warning: \(entry.place): no cell of this run matches '\(entry.cells)'")
        }
    }
}
