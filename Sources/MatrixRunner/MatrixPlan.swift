public import EvidenceStore
public import FabricSimulator
import KernelCatalogue
public import MatrixModel

/// The cells of a run, sorted by meaning, and those for which no kernel can be had.
public struct MatrixPlan: Sendable {
    public struct PlannedCell: Sendable {
        public let cell: Cell
        public let guest: GuestChoice
        public let kernel: PlannedKernel
        public let program: ProgramVariant?
        public let scenario: Scenario
        public let agent: AgentChoice
        public let profile: BootProfile?
        public let deployment: Deployment?

        /// What is documented of it, as far as that is known before anything was booted.
        public var expectation: Expectation {
            Expectation(series: kernel.identity.series, layout: cell.cgroup, deployment: deployment, cloudInit: guest.distribution.flatMap { CloudInitVersion($0.cloudInit) })
        }
    }

    public let cells: [PlannedCell]
    public let unavailable: [CellRecord]
    /// What the reader must know of how the plan came about.
    public let warnings: [String]

    public init(cells: [PlannedCell], unavailable: [CellRecord], warnings: [String]) {
        self.cells = cells
        self.unavailable = unavailable
        self.warnings = warnings
    }

    /// How many guests are booted when no cell needs a retry.
    public var boots: Int { cells.count }
    public var kernels: [KernelIdentity] { Set(cells.map(\.cell.kernel)).sorted() }

    /// Every cell of the axes, once, whatever overlaps the selectors had.
    public static func expand(guests: [(GuestChoice, PlannedKernel)], request: MatrixRequest) -> [PlannedCell] {
        var seen: Set<Cell> = []
        let further = request.combinations
        let cells = guests.flatMap { guest, kernel in
            further.map { point in
                PlannedCell(
                    cell: Cell(
                        guest: guest.name, kernel: kernel.identity, cgroup: point.layout, profile: point.profile?.rawValue, deployment: point.deployment?.rawValue,
                        scenario: point.scenario.name, agent: point.agent?.name, bpf: point.program?.name),
                    guest: guest, kernel: kernel, program: point.program, scenario: point.scenario.scenario, agent: point.agent ?? .own, profile: point.profile,
                    deployment: point.deployment)
            }
        }
        return cells.filter { seen.insert($0.cell).inserted }.sorted { $0.cell < $1.cell }
    }
}
