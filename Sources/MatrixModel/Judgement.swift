/// What was concluded of a cell, and from what.
public struct Judgement: Hashable, Sendable, Codable {
    public let verdict: Verdict
    public let cause: Cause?
    /// One sentence a person can act on.
    public let summary: String
    /// The facts the verdict rests on, each quoted from the evidence.
    public let findings: [Finding]

    public init(verdict: Verdict, cause: Cause?, summary: String, findings: [Finding] = []) {
        self.verdict = verdict
        self.cause = cause
        self.summary = summary
        self.findings = findings
    }

    public init(cause: Cause, summary: String, findings: [Finding] = []) {
        self.init(verdict: cause.verdict, cause: cause, summary: summary, findings: findings)
    }
}

/// One fact in the evidence that a judgement rests on.
public struct Finding: Hashable, Sendable, Codable {
    /// The evidence file it is in, such as `verifier.log`.
    public let source: String
    public let quote: String

    public init(source: String, quote: String) {
        self.source = source
        self.quote = quote
    }
}
