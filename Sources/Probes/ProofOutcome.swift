import MatrixModel

/// What a probe makes of the evidence, before other proofs are looked at.
enum ProofOutcome: Sendable {
    case pass(String, [Finding] = [])
    case fail(Cause, String, [Finding] = [])
    /// This cell does not have what the proof is about, and why.
    case notApplicable(String)
    /// The harness, the emulator or the simulated platform is at fault.
    case unproven(Cause, String, [Finding] = [])
    /// Nothing in the evidence shows it either way. Another proof's failure explains that, else evidence was lost.
    case undecided(String, cause: Cause = .evidenceLost)

    /// How it stands towards other proofs.
    var standing: FailureExplanation<ProofID>.Standing {
        switch self {
        case .pass: .passed
        case .fail, .unproven: .failed
        case .undecided: .undecided
        case .notApplicable: .notApplicable
        }
    }
}
