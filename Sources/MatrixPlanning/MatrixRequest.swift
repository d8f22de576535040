public import GuestImages
public import MatrixModel

/// The cells that a run is to have.
public struct MatrixRequest: Sendable {
    /// A cell that is in several of them is run once.
    public var blocks: [MatrixAxes]
    /// Cells of the blocks that are left out.
    public var exclusions: [CellPattern]
    /// The profile of every agent of the run; nil to recognise each bundle.
    public var agentProfile: AgentProfile?
    /// The day on which known defects must not have expired; nil to accept all.
    public var today: CalendarDay?
    /// How thoroughly cells are proven.
    public var tier: ProofTier

    public init(
        blocks: [MatrixAxes], exclusions: [CellPattern] = [], agentProfile: AgentProfile? = nil, today: CalendarDay? = nil, tier: ProofTier = .standard
    ) {
        self.blocks = blocks
        self.exclusions = exclusions
        self.agentProfile = agentProfile
        self.today = today
        self.tier = tier
    }
}
