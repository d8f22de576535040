public import MatrixModel

/// A run as the history knows it.
public struct HistoricRun: Hashable, Sendable {
    let number: Int64
    public let id: String
    /// RFC 3339, UTC.
    public let started: String
    /// Nil for a run that never came to its end.
    public let finished: String?
    public let harness: String
    public let accelerator: String?
    /// Where its evidence was when it was recorded.
    public let folder: String?
    /// How many cells had each verdict.
    public internal(set) var verdicts: [Verdict: Int] = [:]
    /// How many cells needed more than one attempt.
    public internal(set) var retried = 0

    public var cells: Int { verdicts.values.reduce(0, +) }
}
