package import MatrixModel

extension MatrixPlan {
    /// Cells in the order in which they are best begun. Those that take longest come first, so that none of them is alone at the end; what
    /// is equal stays as it is. The outcome is told in the plan's own order all the same.
    package static func longestFirst(_ cells: [PlannedCell], _ costs: CellCosts) -> [PlannedCell] {
        cells.enumerated().map { (seconds: costs.seconds(of: $1.cell), place: $0, cell: $1) }
            .sorted { ($1.seconds, $0.place) < ($0.seconds, $1.place) }.map(\.cell)
    }
}
