import EvidenceStore
import MatrixModel

/// What changed from run to run.
struct ChangesPage {
    let content: SiteContent

    private static let listed = 1000

    func render() -> [UInt8] {
        PageFrame(title: "Changes", place: .root, content: content).render { html in
            html.element("h1", "Changes")
            if content.changes.isEmpty { html.element("p") { $0.prose("This site shows one run. Pass earlier runs to `kmatrix report` to see what changed.") } }
            for (index, changes) in content.changes.enumerated() { section(changes, isLatest: index == 0, &html) }
        }
    }

    private func section(_ changes: RunStep, isLatest: Bool, _ html: inout Markup) {
        html.element("h2", "\(VisibleText.line(changes.before.id)) → \(VisibleText.line(changes.after.id))")
        html.element("p", "\(VisibleText.line(changes.before.started)) to \(VisibleText.line(changes.after.started)): \(changes.inWords).")
        guard !changes.changes.isEmpty else { return }
        html.scrolling("Changes", class: "scroll tall") { html in
            html.element("table") { html in
                html.head(["Change", "Cell", "Before", "After", "Summary"])
                html.element("tbody") { html in
                    for change in changes.changes.prefix(Self.listed) { row(change, isLatest: isLatest, &html) }
                }
            }
        }
        if changes.changes.count > Self.listed { html.element("p", "and \(Figure.grouped(changes.changes.count - Self.listed)) more") }
    }

    private func row(_ change: RunComparison.Change, isLatest: Bool, _ html: inout Markup) {
        html.element("tr") { html in
            html.element("td", change.kind.rawValue)
            html.element("th", ["scope": "row"]) { html in
                // Only cells of the newest run have pages.
                if isLatest, let after = change.after {
                    html.element("a", ["href": "cells/\(CellID(stored: after.id).pageName)"], VisibleText.line(after.id, limit: 200))
                } else {
                    html.text(VisibleText.line(change.id, limit: 200))
                }
            }
            for cell in [change.before, change.after] {
                if let cell { html.verdictCell(outcome: cell, href: nil) } else { html.element("td", "–") }
            }
            html.element("td", ["class": "wrap"]) { $0.prose(VisibleText.line((change.after ?? change.before)?.summary ?? "", limit: 400)) }
        }
    }
}
