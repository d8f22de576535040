import EvidenceStore
import MatrixModel

/// The changes between runs as an Atom feed (RFC 4287), newest first.
struct AtomFeed {
    let run: RunRecord
    /// From each run to the one after it, newest first.
    let changes: [RunStep]

    private static let listed = 200

    func render() -> [UInt8] {
        var xml = Markup()
        xml.literal("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        xml.element("feed", ["xmlns": "http://www.w3.org/2005/Atom"]) { xml in
            xml.element("id", Self.identifier("feed"))
            xml.element("title", "kmatrix: changes")
            xml.element("updated", Self.time(of: run))
            xml.element("author") { $0.element("name", "kmatrix \(run.harness)") }
            xml.element("link", ["rel": "alternate", "type": "text/html", "href": "index.html"], "")
            xml.lineBreak()
            for change in changes { entry(change, into: &xml) }
        }
        xml.lineBreak()
        return xml.bytes
    }

    private func entry(_ changes: RunStep, into xml: inout Markup) {
        xml.element("entry") { xml in
            xml.element("id", Self.identifier("\(changes.before.id)\n\(changes.after.id)"))
            xml.element("title", "\(changes.inWords) in \(VisibleText.line(changes.after.id))")
            xml.element("updated", Self.time(of: changes.after))
            xml.element("link", ["rel": "alternate", "type": "text/html", "href": "changes.html"], "")
            xml.element("content", ["type": "html"], String(decoding: content(changes), as: UTF8.self))
        }
        xml.lineBreak()
    }

    /// Markup inside text, so the feed escapes it a second time.
    private func content(_ changes: RunStep) -> [UInt8] {
        var html = Markup()
        html.element("p", "Since \(VisibleText.line(changes.before.id)): \(changes.inWords).")
        html.element("ul") { html in
            for change in changes.changes.prefix(Self.listed) {
                html.element("li", "\(change.kind.rawValue): \(VisibleText.line(change.id)): \(Self.words(change))")
            }
        }
        if changes.changes.count > Self.listed { html.element("p", "and \(changes.changes.count - Self.listed) more") }
        return html.bytes
    }

    static func words(_ change: RunComparison.Change) -> String {
        func side(_ cell: CellOutcome?) -> String {
            cell.map { $0.verdict.words + ($0.cause.map { " (\(VisibleText.line($0, limit: 64)))" } ?? "") } ?? "nothing"
        }
        return "\(side(change.before)) → \(side(change.after))"
    }

    /// A feed requires a time; a run without one gets the epoch.
    private static func time(of run: RunRecord) -> String {
        (run.finished.flatMap(Timestamp.init) ?? Timestamp(run.started))?.text ?? "1970-01-01T00:00:00Z"
    }

    /// A UUID derived from the text (version 8, RFC 9562), so feed readers recognise an entry.
    static func identifier(_ text: String) -> String {
        var digits = Array(text.stableHash + ("kmatrix\n" + text).stableHash)
        digits[12] = "8"
        digits[16] = "8"
        let groups = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return "urn:uuid:" + groups.map { String($0) }.joined(separator: "-")
    }
}
