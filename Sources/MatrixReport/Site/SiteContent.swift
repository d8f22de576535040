import EvidenceStore
import MatrixModel

/// The data that all pages of a site share.
struct SiteContent: Sendable {
    let stored: StoredRun
    /// The run, with evidence paths relative to the run's folder.
    let document: RunDocument
    /// From each run to the one after it, the newest first.
    let changes: [RunStep]
    let notes: CauseNotes
    let agents: AgentNames
    /// The change of each cell since the previous run.
    let changeOfCell: [String: RunComparison.Change]
    let byCause: [Cause: [CellRecord]]
    /// Causes that occur, the most frequent first.
    let causes: [Cause]
    let deployments: [CellRecord]
    /// Proofs of the run; empty where no record has any.
    let proofs: [ProofOverview.Proof]
    let support: [DistributionSupport]
    /// The address of the documentation, absolute or relative to the site's root; nil for no link.
    var documentation: String?

    /// - Parameter earlier: The runs before, which say since which kernel build an outcome holds and when it was last proven.
    init(_ stored: StoredRun, earlier: [RunDocument], changes: [RunStep], notes: CauseNotes) {
        self.stored = stored
        document = stored.published
        support = DistributionSupport.all([document] + earlier)
        self.changes = changes
        self.notes = notes
        agents = AgentNames(document)
        changeOfCell = Dictionary((changes.first?.changes ?? []).map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        byCause = Dictionary(grouping: document.cells.filter { $0.cause != nil }) { $0.cause ?? .harness }
        causes = byCause.sorted { ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue) }.map(\.key)
        deployments = document.cells.filter { $0.provisioning != nil }
        proofs = ProofOverview(document.cells).proofs
    }

    /// Whether an axis tells cells apart: the agent does only where there are several.
    func isNamed(_ axis: String) -> Bool { agents.all.count > 1 || !axis.hasPrefix("agent=") }

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
