public import EvidenceStore
import MatrixModel

/// The table at the end of a run: one row per kernel, one column per layout. Below it stands the cause of every cell that is not compatible.
public struct MatrixTable: Sendable {
    private let document: RunDocument
    private let style: TextStyle

    public init(_ document: RunDocument, style: TextStyle) {
        self.document = document
        self.style = style
    }

    public func render() -> String {
        guard !document.cells.isEmpty else { return "no cells\n" }
        return [grid, troubles, legend].filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var grid: String {
        let matrix = Matrix(document.cells)
        let titles = matrix.lines.map(\.row.title)
        let first = max("kernel".count, titles.map(\.count).max() ?? 0)
        let verdicts = document.cells.map { Self.mark($0.verdict).count }.max() ?? 0
        let width = max(verdicts, matrix.layouts.map(\.rawValue.count).max() ?? 0)
        // Pads the bare text, because escape sequences have no width.
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        var lines = [style.bold(([pad("kernel", first)] + matrix.layouts.map { pad($0.rawValue, width) }).joined(separator: "  "))]
        for (title, line) in zip(titles, matrix.lines) {
            let marks = matrix.layouts.map { layout in
                let verdict = line.cells[layout]?.verdict ?? .notRun
                return style.paint(pad(Self.mark(verdict), width), for: verdict)
            }
            lines.append(([pad(title, first)] + marks).joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private var troubles: String {
        document.cells.filter { $0.verdict != .compatible }.map { cell in
            let verdict = style.paint(cell.verdict.rawValue, for: cell.verdict)
            let cause = cell.cause.map { ": \($0.rawValue)" } ?? ""
            let note = cell.documentedNote.map { " (\($0))" } ?? ""
            var lines = ["\(Matrix.Row(cell).title), \(cell.cgroup.rawValue): \(verdict)\(cause)\(note)", "  \(VisibleText.line(cell.summary))"]
            if let evidence = cell.evidence { lines.append("  evidence: \(VisibleText.line(evidence))") }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private var legend: String {
        let retried = document.cells.count { $0.attempts > 1 }
        let reused = document.cells.count { $0.reused != nil }
        return VerdictCounts(document.cells).inWords + (retried == 0 ? "" : "; \(retried) needed a retry") + (reused == 0 ? "" : "; \(reused) reused from earlier runs")
    }

    private static func mark(_ verdict: Verdict) -> String { "\(verdict.symbol) \(verdict.words)" }
}
