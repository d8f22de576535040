public import MatrixModel

/// What a run concluded of a cell, in short: what runs are compared by and what the history keeps.
public struct CellOutcome: Hashable, Sendable {
    public var id: String
    /// What stays the same when a distribution publishes its next kernel of a series: the id with the series in the version's place.
    public var lineage: String
    public var verdict: Verdict
    /// The cause's code: text, because a later kmatrix may have written one that this one does not know.
    public var cause: String?
    public var summary: String
    /// What is documented of the cell.
    public var documented: DocumentedSupport
    /// Above 1: earlier attempts failed through the harness's fault.
    public var attempts: Int
    /// Seconds from its start to its end; nil for one that was not run, or not here.
    public var seconds: Double?
    /// Whether all that failed is a known defect of the agent.
    public var failsOnlyAsKnown: Bool
    /// The state of each proof; empty where none is recorded.
    public var proofs: [ProofID: ProofState]
    /// The digest of its inputs; nil where it was not recorded.
    public var inputs: String?
    /// The clients of its burst; nil where none was sent or no guest was started.
    public var burst: Int?

    public init(
        id: String, lineage: String, verdict: Verdict, cause: String?, summary: String, documented: DocumentedSupport, attempts: Int, seconds: Double? = nil,
        failsOnlyAsKnown: Bool = false, proofs: [ProofID: ProofState] = [:], inputs: String? = nil, burst: Int? = nil
    ) {
        self.id = id
        self.lineage = lineage
        self.verdict = verdict
        self.cause = cause
        self.summary = summary
        self.documented = documented
        self.attempts = attempts
        self.seconds = seconds
        self.failsOnlyAsKnown = failsOnlyAsKnown
        self.proofs = proofs
        self.inputs = inputs
        self.burst = Self.burst(burst, proofs)
    }

    public init(_ record: CellRecord) {
        self.init(
            id: record.id, lineage: CellID(stored: record.id).lineage(series: record.series), verdict: record.verdict, cause: record.cause?.rawValue,
            summary: record.summary,
            documented: record.expectation, attempts: record.attempts, seconds: record.reused == nil ? record.seconds[.total] : nil,
            failsOnlyAsKnown: record.proofs.failsOnlyAsKnown,
            proofs: Dictionary(record.proofs.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first }),
            inputs: record.inputs, burst: record.burst)
    }

    /// The clients of a burst; nil where none was sent.
    /// - Parameter recorded: Nil in records from before there were tiers, when every burst was the large one.
    public static func burst(_ recorded: Int?, _ proofs: [ProofID: ProofState]) -> Int? {
        if let recorded { return recorded == 0 ? nil : recorded }
        return proofs[.burst].flatMap { $0 == .notApplicable ? nil : ProofTier.largeBurst }
    }
}
