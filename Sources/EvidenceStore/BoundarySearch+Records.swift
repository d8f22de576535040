public import MatrixModel

extension BoundarySearch.Answer {
    /// Whether a cell has a cause. A cell without a verdict gives no answer.
    /// - Parameter cause: Nil for any cause that makes a cell incompatible.
    public init(_ record: CellRecord, has cause: Cause?) {
        self =
            switch record.verdict {
            case .inconclusive, .unavailable, .notRun: .unknown
            case .compatible: .no
            case .degraded: cause != nil && record.cause == cause ? .yes : .no
            case .incompatible: cause == nil || record.cause == cause ? .yes : .no
            }
    }
}
