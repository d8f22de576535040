import ArgumentParser
import EvidenceStore
import KernelCatalogue
import MatrixModel

/// What the exit status of a run says; see the README.
enum ExitCodes {
    static let asExpected = ExitCode(0)
    static let againstExpectation = ExitCode(1)
    static let usage = ExitCode(2)
    static let notProven = ExitCode(3)
    static let interrupted = ExitCode(130)

    /// A contradiction of what is documented weighs more than a cell that proved nothing: it is the finding.
    static func code(for cells: [CellRecord]) -> ExitCode {
        if cells.contains(where: { $0.expectation.isContradicted(by: $0.verdict) }) { return againstExpectation }
        let unproven: Set<Verdict> = [.inconclusive, .unavailable, .notRun]
        // That something does not exist is an answer, not the lack of one.
        let answers: Set<Cause?> = [.layoutNotOffered, .profileNotOffered]
        return cells.contains { unproven.contains($0.verdict) && !answers.contains($0.cause) } ? notProven : asExpected
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
