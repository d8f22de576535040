public import EvidenceStore
import MatrixModel

/// The table at the end of a run: kernels down, layouts across, and below it the cause of every cell that is not compatible.
public struct MatrixTable: Sendable {
    private let document: RunDocument
    private let style: TextStyle

    public init(_ document: RunDocument, style: TextStyle) {
        self.document = document
        self.style = style
    }

    public func render() -> String {
        guard !document.cells.isEmpty else { return "no cells" }
        return [grid, troubles, legend].filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private struct Row: Hashable {
        let guest: String
        let kernel: String
        let bpf: String?

        var title: String { (guest == "micro" ? "" : guest + " ") + kernel + (bpf.map { " --bpf \($0)" } ?? "") }
    }

    /// Cells come sorted by meaning, so the first sight of a kernel gives its place.
    private var rows: [Row] {
        var seen: Set<Row> = []
        return document.cells.map(Self.row).filter { seen.insert($0).inserted }
    }

    private static func row(of cell: CellRecord) -> Row {
        let version = cell.kernel ?? cell.id.split(separator: "/").dropFirst().first.map(String.init) ?? "?"
        return Row(guest: cell.guest, kernel: "\(version) \(cell.flavour)", bpf: cell.bpf)
    }

    private var layouts: [CgroupLayout] { Set(document.cells.map(\.cgroup)).sorted() }

    private var grid: String {
        let titles = rows.map(\.title)
        let first = max("kernel".count, titles.map(\.count).max() ?? 0)
        let byPlace = Dictionary(document.cells.map { (Place(row: Self.row(of: $0), layout: $0.cgroup), $0) }, uniquingKeysWith: { one, _ in one })
        let verdicts = document.cells.map { Self.mark($0.verdict).count }.max() ?? 0
        let width = max(verdicts, layouts.map(\.rawValue.count).max() ?? 0)
        // Padding is done on the bare text: escape sequences have no width.
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        var lines = [style.bold(([pad("kernel", first)] + layouts.map { pad($0.rawValue, width) }).joined(separator: "  "))]
        for row in rows {
            let marks = layouts.map { layout in
                let verdict = byPlace[Place(row: row, layout: layout)]?.verdict ?? .notRun
                return style.paint(pad(Self.mark(verdict), width), for: verdict)
            }
            lines.append(([pad(row.title, first)] + marks).joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private struct Place: Hashable {
        let row: Row
        let layout: CgroupLayout
    }

    private var troubles: String {
        document.cells.filter { $0.verdict != .compatible }.map { cell in
            let verdict = style.paint(cell.verdict.rawValue, for: cell.verdict)
            let cause = cell.cause.map { ": \($0.rawValue)" } ?? ""
            var lines = ["\(Self.row(of: cell).title), \(cell.cgroup.rawValue): \(verdict)\(cause)\(Self.expectationNote(cell))", "  \(cell.summary)"]
            if let evidence = cell.evidence { lines.append("  evidence: \(evidence)") }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func expectationNote(_ cell: CellRecord) -> String {
        if cell.expectation.isContradicted(by: cell.verdict) { return " (documented as supported)" }
        return cell.verdict == .incompatible && cell.expectation == .unsupported ? " (as documented)" : ""
    }

    private var legend: String {
        let counts = Verdict.allCases.compactMap { verdict in
            let count = document.cells.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        let retried = document.cells.count { $0.attempts > 1 }
        return counts.joined(separator: ", ") + (retried == 0 ? "" : "; \(retried) needed a retry")
    }

    private static func mark(_ verdict: Verdict) -> String {
        switch verdict {
        case .compatible: "✔ compatible"
        case .degraded: "~ degraded"
        case .incompatible: "✘ incompatible"
        case .inconclusive: "? inconclusive"
        case .unavailable: "- unavailable"
        case .notRun: ". not run"
        }
    }
}
