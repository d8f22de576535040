public import MatrixModel

/// What came of booting cells that had come from a snapshot.
public struct SnapshotCheck: Codable, Hashable, Sendable {
    public struct Outcome: Codable, Hashable, Sendable, CustomStringConvertible {
        public let verdict: Verdict
        public let cause: Cause?

        public init(_ record: CellRecord) {
            verdict = record.verdict
            cause = record.cause
        }

        public var description: String { verdict.rawValue + (cause.map { " (\($0.rawValue))" } ?? "") }
    }

    /// A cell with another outcome.
    public struct Difference: Codable, Hashable, Sendable {
        public let cell: String
        public let snapshot: Outcome
        public let cold: Outcome

        public init(cell: String, snapshot: Outcome, cold: Outcome) {
            self.cell = cell
            self.snapshot = snapshot
            self.cold = cold
        }
    }

    /// The ids of the cells that were booted.
    public var cells: [String] = []
    public var differences: [Difference] = []

    public init() {}
}
