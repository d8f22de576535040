import ArgumentParser
import EvidenceStore
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
        return cells.contains { unproven.contains($0.verdict) } ? notProven : asExpected
    }
}
