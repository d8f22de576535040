public import EvidenceStore
import Foundation
import MatrixModel
public import SystemPackage

/// What a report can be made into.
public enum ReportFormat: String, CaseIterable, Sendable {
    case table, markdown, html, json, jsonl, junit, kcidb, badge, plot, atom
}

/// Reports of one stored run, with those before it to tell what changed. The same store gives the same bytes.
public struct PublishedReport: Sendable {
    private let content: SiteContent

    /// - Parameter runs: In any order: the one that started last is reported.
    public init?(_ runs: [StoredRun], notes: CauseNotes) {
        let ordered = runs.sorted { ($1.document.run.started, $1.document.run.id) < ($0.document.run.started, $0.document.run.id) }
        guard let latest = ordered.first else { return nil }
        let changes = zip(ordered.dropFirst(), ordered).map { RunStep(from: $0.document, to: $1.document) }
        content = SiteContent(latest, changes: changes, notes: notes)
    }

    /// What the reader must know of the run's folder, a line each, fit for a terminal.
    public var troubles: [String] { content.stored.troubles.map { VisibleText.line($0) } }

    /// A report that is one file; nil for the site, which is many.
    public func render(_ format: ReportFormat, style: TextStyle = .plain) throws -> [UInt8]? {
        switch format {
        case .table: Array(MatrixTable(content.stored.document, style: style).render().utf8)
        case .markdown:
            Array(MarkdownReport(document: content.document, troubles: content.stored.troubles, changes: content.changes.first).render().utf8)
        case .json: Array(try RunFolder.encoder().encode(content.document)) + [UInt8(ascii: "\n")]
        case .jsonl: try LinesReport(document: content.document).render()
        case .junit: JUnitReport(document: content.document).render()
        case .kcidb: try KCIDBReport(content.stored).render()
        case .badge: BadgeImage(cells: content.cells).render()
        case .plot: BootTimePlot(cells: content.cells).render()
        case .atom: AtomFeed(run: content.run, changes: content.changes).render()
        case .html: nil
        }
    }

    /// Writes the site into a folder, in the place of an earlier one.
    /// - Throws: `ReportError`.
    public func writeSite(to folder: FilePath) async throws { try await SiteWriter(content: content).write(to: folder) }
}
