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
    public var documented: Expectation
    /// Above 1: earlier attempts failed through the harness's fault.
    public var attempts: Int

    public init(
        id: String, lineage: String, verdict: Verdict, cause: String?, summary: String, documented: Expectation, attempts: Int
    ) {
        self.id = id
        self.lineage = lineage
        self.verdict = verdict
        self.cause = cause
        self.summary = summary
        self.documented = documented
        self.attempts = attempts
    }

    public init(_ record: CellRecord) {
        self.init(
            id: record.id, lineage: Self.lineage(id: record.id, series: record.series), verdict: record.verdict, cause: record.cause?.rawValue, summary: record.summary,
            documented: record.expectation, attempts: record.attempts)
    }

    static func lineage(id: String, series: String?) -> String {
        guard let series else { return id }
        var parts = id.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard parts.count > 1 else { return id }
        parts[1] = series
        return parts.joined(separator: "/")
    }
}
