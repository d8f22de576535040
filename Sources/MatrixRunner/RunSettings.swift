public import EvidenceStore
public import MatrixModel
import QEMUGuest

/// How the cells of a plan are run. Limits are those of one attempt at one cell unless they say otherwise.
public struct RunSettings: Sendable {
    /// How many guests run at once; nil for as many as cores and memory allow.
    public var jobs: Int?
    /// The expected durations of cells; the longest start first.
    public var costs: CellCosts
    /// How long one attempt at a cell may take altogether.
    public var timeout: Duration
    /// How often a cell is attempted again after a harness failure, or after an outcome that may be chance.
    public var retries: Int
    /// How guests start.
    public var boot: BootChoice
    /// The disk space that snapshots may use, in bytes.
    public var snapshotLimit: Int
    /// Which restored cells also run with a cold boot, for comparison; nil for none.
    public var verification: SnapshotSample?
    /// Whether a cell's outcome ends the whole run; nil to run every cell.
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
