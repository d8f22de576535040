/// What one proof came to in one cell.
public struct ProofResult: Hashable, Sendable {
    /// A failed essential proof makes a cell incompatible; a failed lesser one degrades it.
    public enum Weight: String, Hashable, Sendable, Codable { case essential, lesser }

    public let id: ProofID
    public let weight: Weight
    public let state: ProofState
    /// Why it failed or is unproven; nil for all other states.
    public let cause: Cause?
    /// What was seen, in one or two sentences.
    public let summary: String
    public let findings: [Finding]
    /// The failed proof that kept this one from being reached; nil for all other states.
    public let blockedBy: ProofID?
    /// The agent's profile declares this failure as known; nil where it does not, and for a proof that did not fail.
    public var knownDefect: KnownDefect?

    public init(
        id: ProofID, weight: Weight, state: ProofState, cause: Cause? = nil, summary: String, findings: [Finding] = [], blockedBy: ProofID? = nil,
        knownDefect: KnownDefect? = nil
    ) {
        self.id = id
        self.weight = weight
        self.state = state
        self.cause = cause
        self.summary = summary
        self.findings = findings
        self.blockedBy = blockedBy
        self.knownDefect = knownDefect
    }

    public var isKnownDefect: Bool { state == .fail && knownDefect != nil }
}

extension ProofResult: Codable {
    enum CodingKeys: String, CodingKey {
        case id, weight, state, cause, summary, findings
        case blockedBy = "blocked_by"
        case knownDefect = "known_defect"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(ProofID.self, forKey: .id)
        weight = try container.decode(Weight.self, forKey: .weight)
        state = try container.decode(ProofState.self, forKey: .state)
        cause = try container.decodeIfPresent(Cause.self, forKey: .cause)
        summary = try container.decode(String.self, forKey: .summary)
        findings = try container.decode([Finding].self, forKey: .findings)
        blockedBy = try container.decodeIfPresent(ProofID.self, forKey: .blockedBy)
        knownDefect = try container.decodeIfPresent(KnownDefect.self, forKey: .knownDefect)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(weight, forKey: .weight)
        try container.encode(state, forKey: .state)
        // `encode` and not `encodeIfPresent`: a missing value is a null that readers can rely on.
        try container.encode(cause, forKey: .cause)
        try container.encode(summary, forKey: .summary)
        try container.encode(findings, forKey: .findings)
        try container.encode(blockedBy, forKey: .blockedBy)
        try container.encode(knownDefect, forKey: .knownDefect)
    }
}
