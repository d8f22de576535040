/// A failure that an agent's profile declares as known: it is reported as failed, and does not contradict what is expected.
public struct KnownDefect: Hashable, Sendable, Codable {
    /// The proof that fails.
    public let proof: ProofID
    public let reason: String
    /// Where the defect is described: an address, or a place in the agent's sources.
    public let reference: String
    /// The last day on which it excuses the failure, UTC.
    public let until: CalendarDay

    public init(proof: ProofID, reason: String, reference: String, until: CalendarDay) {
        self.proof = proof
        self.reason = reason
        self.reference = reference
        self.until = until
    }
}
