import EvidenceStore
import MatrixModel

/// What all pages of a site are made of.
struct SiteContent: Sendable {
    let stored: StoredRun
    /// The run with evidence named by its place in the run's folder.
    let document: RunDocument
    /// Between each run and the one before, the newest first.
    let changes: [RunStep]
    let notes: CauseNotes
    /// What changed in a cell since the run before.
    let changeOfCell: [String: RunComparison.Change]
    let byCause: [Cause: [CellRecord]]
    /// Causes that occur, the most frequent first.
    let causes: [Cause]
    let deployments: [CellRecord]

    init(_ stored: StoredRun, changes: [RunStep], notes: CauseNotes) {
        self.stored = stored
        document = stored.published
        self.changes = changes
        self.notes = notes
        changeOfCell = Dictionary((changes.first?.changes ?? []).map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        byCause = Dictionary(grouping: document.cells.filter { $0.cause != nil }) { $0.cause ?? .harness }
        causes = byCause.sorted { ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue) }.map(\.key)
        deployments = document.cells.filter { $0.provisioning != nil }
    }

    var run: RunRecord { document.run }
    var cells: [CellRecord] { document.cells }
}

extension CellRecord {
    var pageName: String { CellID(stored: id).pageName }
}

extension CellID {
    /// The name of the cell's page. File systems end names at 255 bytes.
    var pageName: String {
        let name = folderName
        return (name.utf8.count <= 180 ? name : "\(name.prefix(160))-\(name.stableHash)") + ".html"
    }
}
