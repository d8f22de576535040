/// Cells of a kind take about as long as each other.
public enum CellKind: Hashable, Sendable {
    case micro, distribution, deployment

    public init(_ cell: Cell) { self = cell.deployment != nil ? .deployment : cell.guest == "micro" ? .micro : .distribution }
}
