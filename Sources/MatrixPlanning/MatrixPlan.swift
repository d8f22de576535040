public import EvidenceStore
package import GuestImages
public import MatrixModel

/// The cells of a run, sorted by meaning, and those for which no kernel can be obtained.
public struct MatrixPlan: Sendable {
    public let cells: [PlannedCell]
    public let unavailable: [CellRecord]
    /// Warnings about the plan, for the reader of the run.
    public let warnings: [String]
    /// Notes about the plan, shown at the end.
    public var notes: [String] = []
    /// The outcome of each suite that was searched.
    public var details: [String] = []
    /// Which part of a divided plan this is; nil for a whole one.
    public let shard: Shard?
    /// Records of the cells in other parts.
    public let elsewhere: [CellRecord]

    public init(cells: [PlannedCell], unavailable: [CellRecord], warnings: [String], shard: Shard? = nil, elsewhere: [CellRecord] = []) {
        self.cells = cells
        self.unavailable = unavailable
        self.warnings = warnings
        self.shard = shard
        self.elsewhere = elsewhere
    }

    /// How many guests are booted when no cell needs a retry, nothing is kept from earlier runs, and cells of one boot share a snapshot.
    public var boots: Int {
        let shared = SharedBoot.all(cells)
        return shared.count + cells.count { SharedBoot($0).map { !shared.contains($0) } ?? true }
    }
    public var kernels: [KernelIdentity] { Set(cells.map(\.cell.kernel)).sorted() }

    /// Every cell of the axes.
    /// - Parameters:
    ///   - profiles: The profile of every agent of the axes; an agent without one counts as unknown.
    ///   - tier: How thoroughly the cells are proven.
    ///   - documentation: The documented support of a guest on a kernel.
    package static func expand(
        guests: [(GuestChoice, PlannedKernel)], axes: MatrixAxes, profiles: [AgentChoice: AgentProfile] = [:], tier: ProofTier = .standard,
        documentation: (GuestChoice, KernelIdentity) -> CellDocumentation = { _, _ in .none }
    ) -> [PlannedCell] {
        guests.flatMap { guest, kernel in
            let documented = documentation(guest, kernel.identity)
            return axes.combinations(for: guest).map { point in
                PlannedCell(
                    cell: Cell(
                        guest: guest.name, kernel: kernel.identity, architecture: kernel.architecture, cgroup: point.layout, profile: point.profile?.rawValue,
                        deployment: point.deployment?.rawValue,
                        scenario: point.scenario.name, agent: point.agent?.name, bpf: point.program?.name),
                    guest: guest, kernel: kernel, program: point.program, scenario: point.scenario.scenario, agent: point.agent ?? .own,
                    agentProfile: profiles[point.agent ?? .own] ?? .unknown, profile: point.profile, deployment: point.deployment,
                    documentation: documented, tier: tier)
            }
        }
    }

    /// The cells without duplicates from overlapping blocks and selectors, sorted by meaning, and without the exclusions.
    package func settled(without exclusions: [CellPattern]) -> MatrixPlan {
        var seen: Set<String> = []
        var unused = Set(exclusions)
        func isWanted(_ id: String) -> Bool {
            guard seen.insert(id).inserted else { return false }
            let matching = exclusions.filter { $0.matches(id) }
            unused.subtract(matching)
            return matching.isEmpty
        }
        let wanted = cells.sorted { $0.cell < $1.cell }.filter { isWanted($0.cell.id.text) }
        let missing = unavailable.filter { isWanted($0.id) }
        let further = exclusions.filter(unused.contains).map { "the exclusion '\($0)' matches no cell of this matrix" }
        var settled = MatrixPlan(cells: wanted, unavailable: missing, warnings: warnings + further)
        (settled.notes, settled.details) = (notes, details)
        return settled
    }
}
