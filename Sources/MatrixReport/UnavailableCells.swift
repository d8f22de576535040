public import EvidenceStore
import MatrixModel

/// Cells that have nothing to run, as plan and run report them: one entry per reason, with its layouts.
public struct UnavailableCells: Sendable {
    private let cells: [CellRecord]

    public init(_ cells: [CellRecord]) { self.cells = cells.filter { $0.verdict == .unavailable } }

    /// Nil when every cell can run.
    public func render(style: TextStyle = .plain) -> String? {
        var order: [String] = []
        var groups: [String: [CellRecord]] = [:]
        for cell in cells {
            let key = "\(Matrix.Row(cell).title)\n\(cell.cause?.rawValue ?? "")\n\(cell.summary)"
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(cell)
        }
        let entries = order.compactMap { groups[$0] }.compactMap { group -> String? in
            guard let first = group.first else { return nil }
            let cause = first.cause.map { ": \($0.rawValue)" } ?? ""
            let head =
                "\(Matrix.Row(first).title), \(group.map(\.cgroup.rawValue).joined(separator: ", ")): "
                + "\(style.paint(first.verdict.rawValue, for: first.verdict))\(cause)"
            return "\(head)\n  \(VisibleText.line(first.summary))"
        }
        return entries.isEmpty ? nil : entries.joined(separator: "\n")
    }
}
