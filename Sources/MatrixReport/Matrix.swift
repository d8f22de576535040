import EvidenceStore
import MatrixModel

/// Cells as a table: one column per layout, one row per combination of the other axes.
struct Matrix {
    /// The axes that a row's cells share.
    struct Row: Hashable {
        let guest: String
        /// The kernel's version, or the selector when no kernel was found.
        let kernel: String
        let flavour: String
        /// Further axes in play, as `axis=value`.
        let axes: [String]

        init(_ cell: CellRecord) {
            guest = cell.guest
            kernel = cell.kernel ?? cell.id.split(separator: "/").dropFirst().first.map(String.init) ?? "?"
            flavour = cell.flavour
            let further: [(String, String?)] = [
                ("arch", cell.architecture == .unnamed ? nil : cell.architecture.rawValue), ("profile", cell.profile), ("deployment", cell.deployment),
                ("scenario", cell.scenario), ("agent", cell.agent), ("bpf", cell.bpf),
            ]
            axes = further.compactMap { axis, value in value.map { "\(axis)=\($0)" } }
        }

        /// The row's name as one line, safe for a terminal.
        var title: String {
            VisibleText.line(((guest == "micro" ? [] : [guest]) + ["\(kernel) \(flavour)"] + axes).joined(separator: " "))
        }
    }

    struct Line {
        let row: Row
        /// By layout; a missing one was not run.
        let cells: [CgroupLayout: CellRecord]
        /// One cell of the row, for facts that are not in its name.
        let sample: CellRecord
    }

    let layouts: [CgroupLayout]
    let lines: [Line]

    /// - Parameter cells: Sorted; a row takes the place of its first cell.
    init(_ cells: [CellRecord]) {
        layouts = Set(cells.map(\.cgroup)).sorted()
        var order: [Row] = []
        var found: [Row: [CgroupLayout: CellRecord]] = [:]
        var samples: [Row: CellRecord] = [:]
        for cell in cells {
            let row = Row(cell)
            if found[row] == nil {
                order.append(row)
                samples[row] = cell
            }
            found[row, default: [:]][cell.cgroup] = found[row]?[cell.cgroup] ?? cell
        }
        lines = order.compactMap { row in samples[row].map { Line(row: row, cells: found[row] ?? [:], sample: $0) } }
    }
}

extension CellRecord {
    /// How the documentation compares with the verdict, where that is worth a remark.
    var documentedNote: String? {
        if proofs.failsOnlyAsKnown { return "known defects only" }
        if expectation.isContradicted(by: verdict) { return "documented as supported\(sources(promising: true))" }
        if verdict == .incompatible, expectation == .unsupported { return "as documented" }
        return verdict == .compatible && expectation == .unsupported ? "documented as unsupported\(sources(promising: false))" : nil
    }

    /// ` by readme, gate`; nothing where no source is recorded.
    private func sources(promising promise: Bool) -> String {
        let names = documentation.claims.filter { $0.says.promisesSupport == promise }.map { VisibleText.line($0.source, limit: 64) }
        return names.isEmpty ? "" : " by \(names.joined(separator: ", "))"
    }

    /// Whether the cell counts for its distribution and kernel: no axis was chosen to make the agent fail.
    var isRepresentative: Bool {
        profile == nil && deployment == nil && bpf == nil && (scenario == nil || scenario == "normal")
    }
}
