public import MatrixModel

/// What is said once of a whole run. The member names are a contract; they stay.
public struct RunRecord: Codable, Hashable, Sendable {
    /// Raised when a member changes its meaning; added members do not raise it.
    public static let schema = 1

    public var schema = Self.schema
    public var id: String
    /// RFC 3339, UTC.
    public var started: String
    /// Nil while the run goes on, and for a run that never came to its end.
    public var finished: String?
    /// `tcg` or `kvm`; nil when no guest was booted.
    public var accelerator: String?
    /// Why this accelerator.
    public var acceleratorReason: String?
    public var harness: String
    /// What the reader must know of the run: repositories that could not be read.
    public var warnings: [String]
    /// What is worth knowing of it and changes nothing, as suites past their date; nil in runs of before it was told.
    public var notes: [String]?
    /// What became of each suite that was looked at; nil in runs of before it was told.
    public var details: [String]?
    /// Which part of a divided run this is; nil for a whole one.
    public var shard: Shard?
    /// The ids of the runs it was merged from; nil for one that was run.
    public var merged: [String]?
    /// Nil where no comparison was asked for.
    public var snapshotCheck: SnapshotCheck?
    /// How many lines `planned.jsonl` has: one that was cut off between two lines is not taken for whole. Nil in runs of before it was told.
    public var planned: Int?

    public init(id: String, started: String, harness: String) {
        self.id = id
        self.started = started
        self.harness = harness
        finished = nil
        accelerator = nil
        acceleratorReason = nil
        warnings = []
        notes = nil
        details = nil
        shard = nil
        merged = nil
        snapshotCheck = nil
        planned = nil
    }

    enum CodingKeys: String, CodingKey {
        case schema, id, started, finished, accelerator
        case acceleratorReason = "accelerator_reason"
        case harness, warnings, notes, details, shard, merged
        case snapshotCheck = "snapshot_check"
        case planned
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(id, forKey: .id)
        try container.encode(started, forKey: .started)
        try container.encode(finished, forKey: .finished)
        try container.encode(accelerator, forKey: .accelerator)
        try container.encode(acceleratorReason, forKey: .acceleratorReason)
        try container.encode(harness, forKey: .harness)
        try container.encode(warnings, forKey: .warnings)
        try container.encodeIfPresent(notes, forKey: .notes)
        try container.encodeIfPresent(details, forKey: .details)
        try container.encode(shard, forKey: .shard)
        try container.encode(merged, forKey: .merged)
        try container.encode(snapshotCheck, forKey: .snapshotCheck)
        try container.encode(planned, forKey: .planned)
    }
}

/// A run and its cells in one value: what `--format json` prints.
public struct RunDocument: Codable, Hashable, Sendable {
    public var run: RunRecord
    public var cells: [CellRecord]

    public init(run: RunRecord, cells: [CellRecord]) {
        self.run = run
        self.cells = cells
    }

    /// What was concluded of each cell.
    public var outcomes: [CellOutcome] { cells.map(CellOutcome.init) }
}
