/// One assertion about an agent, by upstream's id.
public struct ConformanceCheck: Sendable {
    /// As in upstream's suites: `B1a`, `IMDS-S4`.
    public let id: String
    public let title: String
    /// Checks whose failure explains a failure of this one.
    let follows: [String]
    let judge: @Sendable (ConformanceEvidence) -> ConformanceOutcome

    init(_ id: String, _ title: String, follows: [String] = [], _ judge: @escaping @Sendable (ConformanceEvidence) -> ConformanceOutcome) {
        self.id = id
        self.title = title
        self.follows = follows
        self.judge = judge
    }

    /// What the check makes of the evidence, before other checks are looked at.
    public func outcome(_ evidence: ConformanceEvidence) -> ConformanceOutcome { judge(evidence) }
}

public enum ConformanceOutcome: Hashable, Sendable {
    case pass(String)
    case fail(String)
    /// Nothing in this guest could show it, and why.
    case notApplicable(String)
    /// The guest did not come to its end, and why.
    case unproven(String)

    var standing: FailureExplanation<String>.Standing {
        switch self {
        case .pass: .passed
        case .fail, .unproven: .failed
        case .notApplicable: .notApplicable
        }
    }
}
