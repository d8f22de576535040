import ArgumentParser
import CellExpectations
import EvidenceStore
import KernelCatalogue

/// What the exit status of a run says; see the README.
enum ExitCodes {
    static let asExpected = ExitCode(0)
    static let againstExpectation = ExitCode(1)
    static let usage = ExitCode(2)
    static let notProven = ExitCode(3)
    /// A cell came out otherwise from its snapshot than when it was booted: nothing of the run can be relied on.
    static let snapshotsDiffer = ExitCode(4)
    static let interrupted = ExitCode(130)

    /// A contradiction of what is expected weighs more than a cell that proved nothing: it is the finding.
    static func code(for cells: [CellRecord], _ expectations: Expectations = .none) -> ExitCode {
        let assessments = cells.map { expectations.assessment(of: CellOutcome($0)) }
        if assessments.contains(.contradicted) { return againstExpectation }
        return assessments.contains(.unproven) ? notProven : asExpected
    }

    /// What a comparison says to CI: 1 for a regression, 3 when something that was proven is not any more.
    ///
    /// A regression is a changed cell that contradicts its expectation; without one, a new failure that is not documented.
    static func code(for comparison: RunComparison, _ expectations: Expectations) -> ExitCode {
        if comparison.changes.contains(where: { expectations.isRegression($0) }) { return againstExpectation }
        return comparison.changes.contains { expectations.isLoss($0) } ? notProven : asExpected
    }

    /// What an error that ended a command stands for: what could not be had is 3, everything else is for the user to put right.
    static func code(for error: any Error) -> ExitCode {
        if let code = error as? ExitCode { return code }
        if error is CancellationError { return interrupted }
        if let error = error as? CatalogueError {
            return [.noMirror, .badConfiguration, .toolMissing].contains(error.code) ? usage : notProven
        }
        return RootCommand.exitCode(for: error) == .success ? asExpected : usage
    }
}
