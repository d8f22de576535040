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

    var isPass: Bool { if case .pass = self { true } else { false } }
    var isUndecided: Bool { if case .undecided = self { true } else { false } }
    var isNotApplicable: Bool { if case .notApplicable = self { true } else { false } }
    /// Whether it can be the reason for what another proof did not show.
    var isBlocking: Bool {
        switch self {
        case .fail, .unproven: true
        case .pass, .notApplicable, .undecided: false
        }
    }
}
