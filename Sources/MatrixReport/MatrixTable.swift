public import EvidenceStore
import MatrixModel

/// The table at the end of a run: one row per kernel, one column per layout. Below it is the cause of every cell that is not compatible.
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
        let marks = matrix.lines.map { line in matrix.layouts.map { mark(line.cells[$0]) } }
        // Cells with long marks widen their own column only.
        let widths = matrix.layouts.indices.map { column in max(matrix.layouts[column].rawValue.count, marks.map { $0[column].count }.max() ?? 0) }
        // Pads the bare text, because escape sequences have no width.
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        var lines = [style.bold(([pad("kernel", first)] + zip(matrix.layouts, widths).map { pad($0.rawValue, $1) }).joined(separator: "  "))]
        for (index, line) in matrix.lines.enumerated() {
            let painted = matrix.layouts.indices.map { column in
                style.paint(pad(marks[index][column], widths[column]), for: line.cells[matrix.layouts[column]]?.verdict ?? .notRun)
            }
            lines.append(([pad(titles[index], first)] + painted).joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private var troubles: String {
        let measured = document.cells.filter { $0.verdict != .compatible && $0.verdict != .unavailable }.map { cell in
            let verdict = style.paint(cell.verdict.rawValue, for: cell.verdict)
            let cause = cell.cause.map { ": \($0.rawValue)" } ?? ""
            let note = cell.documentedNote.map { " (\($0))" } ?? ""
            var lines = ["\(Matrix.Row(cell).title), \(cell.cgroup.rawValue): \(verdict)\(cause)\(note)"] + details(of: cell)
            if let evidence = cell.evidence { lines.append("  evidence: \(VisibleText.line(evidence))") }
            return lines.joined(separator: "\n")
        }
        return (measured + [UnavailableCells(document.cells).render(style: style)].compactMap(\.self)).joined(separator: "\n")
    }

    /// What is wrong: a line for each failed or unproven proof, or the summary of a cell without proofs.
    private func details(of cell: CellRecord) -> [String] {
        let shown = 10
        guard let tally = ProofTally(cell.proofs), !tally.open.isEmpty else { return ["  \(VisibleText.line(cell.summary))"] }
        var lines = tally.open.prefix(shown).map { proof in
            let known = proof.knownDefect.map { " (known defect until \($0.until): \(VisibleText.line($0.reason)); \(VisibleText.line($0.reference)))" } ?? ""
            return "  \(proof.state.mark.symbol) \(VisibleText.line(proof.id.rawValue, limit: 64)): \(VisibleText.line(proof.summary))\(known)"
        }
        if tally.open.count > shown { lines.append("  and \(tally.open.count - shown) more") }
        let unreached = cell.proofs.count { $0.state == .notReached }
        if unreached > 0 { lines.append("  not reached: \(unreached == 1 ? "1 proof" : "\(unreached) proofs")") }
        return lines
    }

    private var legend: String {
        let retried = document.cells.count { $0.attempts > 1 }
        let reused = document.cells.count { $0.reused != nil }
        let part = document.run.shard.map { "part \($0), without the cells of other parts: " } ?? ""
        return part + VerdictCounts(document.cells).inWords + (retried == 0 ? "" : "; \(retried) needed a retry")
            + (reused == 0 ? "" : "; \(reused) reused from earlier runs") + (TierNote.text(document.cells).map { "\n\($0)" } ?? "")
    }

    /// A cell that is not in the document was not run; of a part, it may be another part's.
    private func mark(_ cell: CellRecord?) -> String {
        guard let verdict = cell?.verdict ?? (document.run.shard == nil ? .notRun : nil) else { return "" }
        return "\(verdict.symbol) \(ProofTally(cell?.proofs ?? [])?.words ?? verdict.words)"
    }
}
