/// One assertion about an agent, by upstream's id.
public struct ConformanceCheck: Sendable {
    /// As in upstream's suites: `B1a`, `IMDS-S4`.
    public let id: String
    public let title: String
    let judge: @Sendable (ConformanceEvidence) -> ConformanceOutcome

    init(_ id: String, _ title: String, _ judge: @escaping @Sendable (ConformanceEvidence) -> ConformanceOutcome) {
        self.id = id
        self.title = title
        self.judge = judge
    }

    public func result(_ evidence: ConformanceEvidence) -> ConformanceResult { ConformanceResult(id: id, title: title, outcome: judge(evidence)) }
}

public enum ConformanceOutcome: Hashable, Sendable {
    case pass(String)
    case fail(String)
    /// Nothing in this guest could show it, and why.
    case notApplicable(String)
}

/// A check's outcome as it is printed.
public struct ConformanceResult: Hashable, Sendable, Codable {
    public enum Status: String, Hashable, Sendable, Codable, CaseIterable { case pass, fail, notApplicable = "not-applicable", notRun = "not-run" }

    public let id: String
    public let title: String
    public let status: Status
    /// What was seen; may hold a guest's own words.
    public var detail: String

    init(id: String, title: String, outcome: ConformanceOutcome) {
        self.id = id
        self.title = title
        switch outcome {
        case .pass(let text): (status, detail) = (.pass, text)
        case .fail(let text): (status, detail) = (.fail, text)
        case .notApplicable(let text): (status, detail) = (.notApplicable, text)
        }
    }

    /// A check whose guest did not come to its end.
    public init(notRun check: ConformanceCheck, reason: String) {
        id = check.id
        title = check.title
        status = .notRun
        detail = reason
    }
}
