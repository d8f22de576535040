public import EvidenceStore
public import MatrixModel

/// The cells of a run, sorted by meaning, and those for which no kernel can be had.
public struct MatrixPlan: Sendable {
    public struct PlannedCell: Sendable {
        public let cell: Cell
        public let kernel: PlannedKernel
        public let program: ProgramVariant?
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
    public static func expand(
        kernels: [PlannedKernel], layouts: [CgroupLayout], programs: [ProgramVariant]
    ) -> [PlannedCell] {
        var seen: Set<Cell> = []
        return kernels.flatMap { kernel in
            layouts.flatMap { layout in
                (programs.isEmpty ? [nil] : programs.map(Optional.some)).map { program in
                    PlannedCell(cell: Cell(kernel: kernel.identity, cgroup: layout, bpf: program?.name), kernel: kernel, program: program)
                }
            }
        }
        .filter { seen.insert($0.cell).inserted }
        .sorted { $0.cell < $1.cell }
    }
}
