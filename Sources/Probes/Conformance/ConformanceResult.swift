import Judgement
public import MatrixModel

/// What a check came to, once all checks are looked at: one defect costs one check.
public struct ConformanceResult: Hashable, Sendable {
    public let id: String
    public let title: String
    public let state: ProofState
    /// What was seen; may hold a guest's own words.
    public let detail: String
    /// The failed check that explains this one's failure; nil for all other states.
    public let blockedBy: String?
    /// The agent's profile declares this failure as known; nil where it does not, and for a check that did not fail.
    public let knownDefect: KnownDefect?

    public var isKnownDefect: Bool { knownDefect != nil }

    /// - Parameters:
    ///   - outcomes: Every check with its outcome, in the order of printing.
    ///   - knownDefects: What the agent's profile declares as known on the day of the run; those of proofs concern no check.
    public static func results(of outcomes: [(check: ConformanceCheck, outcome: ConformanceOutcome)], knownDefects: [KnownDefect] = []) -> [ConformanceResult] {
        let explanation = FailureExplanation(
            outcomes.map { FailureExplanation.Node(id: $0.check.id, standing: $0.outcome.standing, follows: $0.check.follows) })
        return outcomes.map { check, outcome in
            let defect = knownDefects.first { $0.proof.conformanceCheck == check.id }
            return ConformanceResult(check, outcome, blockedBy: explanation.blocker(of: check.id), defect)
        }
    }

    private init(_ check: ConformanceCheck, _ outcome: ConformanceOutcome, blockedBy blocker: String?, _ defect: KnownDefect?) {
        id = check.id
        title = check.title
        let words: String
        switch (outcome, blocker) {
        case (.notApplicable(let text), _): (state, words) = (.notApplicable, text)
        case (.pass(let text), _): (state, words) = (.pass, text)
        case (.unproven(let text), _): (state, words) = (.unproven, text)
        case (.fail, let blocker?): (state, words) = (.notReached, "Not reached, because \(blocker) did not pass.")
        case (.fail(let text), nil): (state, words) = (.fail, text)
        }
        detail = Quote.line(words)
        blockedBy = state == .notReached ? blocker : nil
        knownDefect = state == .fail ? defect : nil
    }
}

extension ConformanceResult: Encodable {
    enum CodingKeys: String, CodingKey {
        case id, title, detail
        case state = "status"
        case blockedBy = "blocked_by"
        case knownDefect = "known_defect"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(title, forKey: .title)
        try container.encode(state, forKey: .state)
        try container.encode(detail, forKey: .detail)
        // `encode` and not `encodeIfPresent`: a missing value is a null that readers can rely on.
        try container.encode(blockedBy, forKey: .blockedBy)
        try container.encode(knownDefect, forKey: .knownDefect)
    }
}
