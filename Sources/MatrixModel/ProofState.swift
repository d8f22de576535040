/// The state of one proof in one cell.
public enum ProofState: String, CaseIterable, Hashable, Sendable, Codable {
    /// Shown by evidence.
    case pass
    /// Refuted by evidence.
    case fail
    /// Another proof failed, and this one depends on it.
    case notReached = "not-reached"
    /// The cell's scenario, kernel or guest does not have what the proof is about.
    case notApplicable = "not-applicable"
    /// The harness could not show it either way.
    case unproven
}
