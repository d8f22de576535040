import EvidenceStore
import MatrixModel

/// Cells as rows and columns: layouts across, everything else down.
struct Matrix {
    /// What a row's cells have in common.
    struct Row: Hashable {
        let guest: String
        /// The kernel's version, or what was asked for when none was found.
        let kernel: String
        let flavour: String
        /// The further axes in play, as `axis=value`.
        let axes: [String]

        init(_ cell: CellRecord) {
            guest = cell.guest
            kernel = cell.kernel ?? cell.id.split(separator: "/").dropFirst().first.map(String.init) ?? "?"
            flavour = cell.flavour
            let further: [(String, String?)] = [
                ("arch", cell.architecture == "x86_64" ? nil : cell.architecture), ("profile", cell.profile), ("deployment", cell.deployment),
                ("scenario", cell.scenario), ("agent", cell.agent), ("bpf", cell.bpf),
            ]
            axes = further.compactMap { axis, value in value.map { "\(axis)=\($0)" } }
        }

        /// On a line of a terminal or a document, with nothing in it that could break the line.
        var title: String {
            VisibleText.line(((guest == "micro" ? [] : [guest]) + ["\(kernel) \(flavour)"] + axes).joined(separator: " "))
        }
    }

    struct Line {
        let row: Row
        /// By layout; one that is missing was not run.
        let cells: [CgroupLayout: CellRecord]
        /// A cell to tell of the row what is not in its name.
        let sample: CellRecord
    }

    let layouts: [CgroupLayout]
    let lines: [Line]

    /// Cells come sorted by meaning, so the first sight of a row gives its place.
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
    /// What the documentation says beside what was found, where that is worth saying.
    var documentedNote: String? {
        if expectation.isContradicted(by: verdict) { return "documented as supported" }
        if verdict == .incompatible, expectation == .unsupported { return "as documented" }
        return verdict == .compatible && expectation == .unsupported ? "documented as unsupported" : nil
    }

    /// Whether the cell speaks for its distribution and kernel: nothing about it was chosen to make things hard.
    var isRepresentative: Bool {
        profile == nil && deployment == nil && bpf == nil && (agent == nil || agent == "own") && (scenario == nil || scenario == "normal")
    }
}
