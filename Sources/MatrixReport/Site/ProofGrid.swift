import EvidenceStore
import MatrixModel

/// Proofs across, groups of cells down: a group is a distribution or a kernel series, in one layout and one variant.
struct ProofGrid {
    /// The kernels or guests of a row.
    enum Grouping: String, CaseIterable {
        case series, guest

        var title: String { self == .series ? "Kernel series" : "Distribution" }

        func name(of cell: CellRecord) -> String { self == .series ? cell.series ?? "unknown" : cell.guest }
    }

    struct Row {
        let name: String
        let layout: CgroupLayout
        /// Further axes in play, as `axis=value`.
        let axes: [String]
        let cells: [CellRecord]
        let overview: ProofOverview
    }

    let grouping: Grouping
    /// Every proof of the run, the most fundamental first.
    let proofs: [ProofID]
    let rows: [Row]

    private struct Key: Hashable {
        let name: String
        let layout: CgroupLayout
        let axes: [String]
    }

    /// - Parameter isNamed: Whether an axis is worth a tag; one that all cells share is not.
    init(_ cells: [CellRecord], by grouping: Grouping, isNamed: (String) -> Bool) {
        let measured = cells.filter { !$0.proofs.isEmpty }
        self.grouping = grouping
        proofs = ProofOverview(measured).proofs.map(\.id)
        var groups: [Key: [CellRecord]] = [:]
        for cell in measured {
            groups[Key(name: grouping.name(of: cell), layout: cell.cgroup, axes: Matrix.Row(cell).axes.filter(isNamed)), default: []].append(cell)
        }
        // Names are in the order of the overviews: series by number, guests as sorted in the run.
        let names = (grouping == .series ? SupportOverview.bySeries(measured) : .byGuest(measured)).lines.map(\.name)
        let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        func place(_ key: Key) -> (Int, String, String, CgroupLayout) {
            (places[key.name] ?? names.count, key.name, key.axes.joined(separator: " "), key.layout)
        }
        rows = groups.sorted { place($0.key) < place($1.key) }.map { key, cells in
            Row(name: key.name, layout: key.layout, axes: key.axes, cells: cells, overview: ProofOverview(cells))
        }
    }
}
