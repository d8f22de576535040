package import MatrixModel

extension MatrixPlan {
    /// Cells in the order in which they should start: the longest first, so that none of them runs alone at the end. Cells of equal cost keep
    /// their order. Reports use the plan's own order.
    package static func longestFirst(_ cells: [PlannedCell], _ costs: CellCosts) -> [PlannedCell] {
        cells.enumerated().map { (seconds: costs.seconds(of: $1.cell), place: $0, cell: $1) }
            .sorted { ($1.seconds, $0.place) < ($0.seconds, $1.place) }.map(\.cell)
    }
}
