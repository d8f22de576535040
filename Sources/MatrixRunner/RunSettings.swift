public import EvidenceStore
public import MatrixModel
import QEMUGuest

/// How the cells of a plan are run. Limits are those of one attempt at one cell unless they say otherwise.
public struct RunSettings: Sendable {
    /// How many guests run at once; nil for as many as cores and memory allow.
    public var jobs: Int?
    /// What cells are expected to take; those that take longest start first.
    public var costs: CellCosts
    /// How long one attempt at a cell may take altogether.
    public var timeout: Duration
    /// How often a cell is attempted again when an attempt failed through the harness's fault.
    public var retries: Int
    /// How guests start.
    public var boot: BootChoice
    /// What snapshots may take on the disk, in bytes.
    public var snapshotLimit: Int
    /// Which of the cells that came from a snapshot are booted too, for comparison; nil for none.
    public var verification: SnapshotSample?
    /// Whether a cell's outcome ends the whole run; nil to run every cell whatever happens.
    public var endsRun: (@Sendable (CellRecord) -> Bool)?

    /// Room for some sixty snapshots.
    public static let standardSnapshotLimit = SnapshotStore.standardLimit

    public init(
        jobs: Int? = nil, costs: CellCosts = .standard, timeout: Duration = .seconds(90), retries: Int = 2, boot: BootChoice = .auto,
        snapshotLimit: Int = standardSnapshotLimit, verification: SnapshotSample? = nil, endsRun: (@Sendable (CellRecord) -> Bool)? = nil
    ) {
        self.jobs = jobs
        self.costs = costs
        self.timeout = timeout
        self.retries = retries
        self.boot = boot
        self.snapshotLimit = snapshotLimit
        self.verification = verification
        self.endsRun = endsRun
    }
}
