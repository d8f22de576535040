public import GuestImages
public import EvidenceStore
import QEMUGuest
public import MatrixModel

/// What a run is asked to do: which cells and how to go about them.
public struct MatrixRequest: Sendable {
    /// A cell that is in several of them is run once.
    public var blocks: [MatrixAxes]
    /// Cells of the blocks that are left out.
    public var exclusions: [CellPattern]
    /// The profile of every agent of the run; nil to recognise each bundle.
    public var agentProfile: AgentProfile?
    /// The day on which known defects have to hold; nil to let all hold.
    public var today: CalendarDay?
    /// How thoroughly cells are proven.
    public var tier: ProofTier
    /// How many guests run at once; nil for as many as cores and memory allow.
    public var jobs: Int?
    /// What cells are expected to take; those that take longest are begun first.
    public var costs: CellCosts
    /// How long one attempt at a cell may take altogether.
    public var timeout: Duration
    /// How often a cell is attempted again when an attempt failed through the harness's fault.
    public var retries: Int
    /// How micro guests start.
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
        blocks: [MatrixAxes], exclusions: [CellPattern] = [], agentProfile: AgentProfile? = nil, today: CalendarDay? = nil, tier: ProofTier = .standard,
        jobs: Int? = nil, costs: CellCosts = .standard, timeout: Duration = .seconds(90), retries: Int = 2,
        boot: BootChoice = .auto, snapshotLimit: Int = standardSnapshotLimit, verification: SnapshotSample? = nil,
        endsRun: (@Sendable (CellRecord) -> Bool)? = nil
    ) {
        self.blocks = blocks
        self.exclusions = exclusions
        self.agentProfile = agentProfile
        self.today = today
        self.tier = tier
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
