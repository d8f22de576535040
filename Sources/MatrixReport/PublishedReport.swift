public import EvidenceStore
import Foundation
import MatrixModel
public import SystemPackage

/// The formats of a report.
public enum ReportFormat: String, CaseIterable, Sendable {
    case table, markdown, compatibility, html, json, jsonl, junit, kcidb, badge, plot, atom
}

/// Reports of a stored run, with earlier runs to show changes. The same folders give the same bytes.
public struct PublishedReport: Sendable {
    private let content: SiteContent
    /// The runs before the one that is reported.
    private let earlier: [RunDocument]

    /// - Parameter runs: In any order; the run that started last is reported.
    public init?(_ runs: [StoredRun]) { self.init(runs, notes: .guidance) }

    init?(_ runs: [StoredRun], notes: CauseNotes) {
        let ordered = runs.sorted { ($1.document.run.started, $1.document.run.id) < ($0.document.run.started, $0.document.run.id) }
        guard let latest = ordered.first else { return nil }
        let changes = zip(ordered.dropFirst(), ordered).map { RunStep(from: $0.document, to: $1.document) }
        earlier = ordered.dropFirst().map(\.document)
        content = SiteContent(latest, earlier: earlier, changes: changes, notes: notes)
    }

    /// Damage to the run's folder, one line each, safe for a terminal.
    public var troubles: [String] { content.stored.troubles.map { VisibleText.line($0) } }

    /// A report in one file; nil for the site, which has many.
    public func render(_ format: ReportFormat, style: TextStyle = .plain) throws -> [UInt8]? {
        switch format {
        case .table: Array(MatrixTable(content.stored.document, style: style).render().utf8)
        case .markdown:
            Array(MarkdownReport(document: content.document, earlier: earlier, troubles: content.stored.troubles, changes: content.changes.first).render().utf8)
        case .compatibility: Array(CompatibilityDocument(content.document, earlier: earlier).render().utf8)
        case .json: Array(try RunFolder.encoder().encode(content.document)) + [UInt8(ascii: "\n")]
        case .jsonl: try LinesReport(document: content.document).render()
        case .junit: JUnitReport(document: content.document).render()
        case .kcidb: try KCIDBReport(content.stored, notes: content.notes).render()
        case .badge: BadgeImage(cells: content.cells).render()
        case .plot: BootTimePlot(cells: content.cells).render()
        case .atom: AtomFeed(run: content.run, changes: content.changes).render()
        case .html: nil
        }
    }

    /// Writes the site to a folder and replaces an earlier site there.
    /// - Parameter documentation: The address that every page links to as documentation, absolute or relative to the site; nil for no link.
    /// - Throws: `ReportError`.
    public func writeSite(to folder: FilePath, documentation: String? = nil) async throws {
        var content = content
        content.documentation = documentation
        try await SiteWriter(content: content).write(to: folder)
    }
}
