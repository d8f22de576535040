public import EvidenceStore
public import FabricSimulator
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
        var cells: [PlannedCell] = []
        for (guest, kernel) in guests {
            for layout in request.layouts {
                for (name, scenario) in request.scenarios.named {
                    for agent in request.agents.isEmpty ? [nil] : request.agents.map(Optional.some) {
                        for program in request.programs.isEmpty ? [nil] : request.programs.map(Optional.some) {
                            let cell = Cell(guest: guest.name, kernel: kernel.identity, cgroup: layout, scenario: name, agent: agent?.name, bpf: program?.name)
                            guard seen.insert(cell).inserted else { continue }
                            cells.append(PlannedCell(cell: cell, guest: guest, kernel: kernel, program: program, scenario: scenario, agent: agent ?? .own))
                        }
                    }
                }
            }
        }
        return cells.sorted { $0.cell < $1.cell }
    }
}
