import MatrixModel
import ArgumentParser
import EvidenceStore
import KernelCatalogue

/// The exit codes of `kmatrix`; the article ExitCodes documents them.
enum ExitCodes {
    static let asExpected = ExitCode(0)
    static let againstExpectation = ExitCode(1)
    static let usage = ExitCode(2)
    static let notProven = ExitCode(3)
    /// A restored cell and its cold boot disagree: the run is not reliable.
    static let snapshotsDiffer = ExitCode(4)
    static let interrupted = ExitCode(130)

    /// A contradicted expectation takes precedence over a cell without a verdict.
    static func code(for cells: [CellRecord], _ expectations: Expectations = .none) -> ExitCode {
        let assessments = cells.map { expectations.assessment(of: CellOutcome($0)) }
        if assessments.contains(.contradicted) { return againstExpectation }
        return assessments.contains(.unproven) ? notProven : asExpected
    }

    /// The exit code of a comparison: 1 for a regression, 3 when a proven cell is no longer proven.
    ///
    /// A regression is a changed cell that contradicts its expectation or, without one, a new undocumented failure.
    static func code(for comparison: RunComparison, _ expectations: Expectations) -> ExitCode {
        if comparison.changes.contains(where: { expectations.isRegression($0) }) { return againstExpectation }
        return comparison.changes.contains { expectations.isLoss($0) } ? notProven : asExpected
    }

    /// The exit code for an error that ended a command: 3 for an unavailable input, 2 for what the user must correct.
    static func code(for error: any Error) -> ExitCode {
        if let code = error as? ExitCode { return code }
        if error is CancellationError { return interrupted }
        if let error = error as? CatalogueError {
            return [.noMirror, .badConfiguration, .toolMissing].contains(error.code) ? usage : notProven
        }
        return RootCommand.exitCode(for: error) == .success ? asExpected : usage
    }
}
