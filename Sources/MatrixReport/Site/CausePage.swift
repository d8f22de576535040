import EvidenceStore
import MatrixModel

/// What is known of a cause, as a part of a page.
struct CauseSection {
    let content: SiteContent
    let cause: Cause
    let guest: String?

    func render(_ html: inout Markup) {
        let note = content.notes.note(on: cause, guest: guest)
        html.element("h2", "What it is\(note.steps.isEmpty ? "" : ", and what to do")")
        html.element("p") { $0.element("strong", VisibleText.line(note.title)) }
        for paragraph in note.paragraphs { html.element("p") { $0.prose(VisibleText.line(paragraph)) } }
        if !note.steps.isEmpty {
            html.element("ol") { html in
                for step in note.steps {
                    html.element("li") { html in
                        html.prose(VisibleText.line(step.text))
                        if !step.commands.isEmpty { html.command(step.commands.joined(separator: "\n")) }
                    }
                }
            }
        }
        if let reference = note.reference, reference.address.hasPrefix("https://") {
            html.element("p") { html in
                html.text("More: ")
                html.element("a", ["href": reference.address, "rel": "noreferrer"], VisibleText.line(reference.title))
            }
        }
    }
}

/// A cause: what it is, what to do, and the cells that have it.
struct CausePage {
    let content: SiteContent
    let cause: Cause

    private static let listed = 2000

    func render() -> [UInt8] {
        let cells = content.byCause[cause] ?? []
        return PageFrame(title: cause.rawValue, place: .below, content: content).render { html in
            html.element("h1", cause.rawValue)
            html.element("p", ["class": "meta"], "Fault: \(cause.fault.rawValue) · \(cells.count == 1 ? "1 cell" : "\(Figure.grouped(cells.count)) cells")")
            CauseSection(content: content, cause: cause, guest: nil).render(&html)
            html.element("h2", "Cells")
            html.scrolling("Cells with this cause", class: "scroll tall") { html in
                html.element("table") { html in
                    html.head(["Cell", "Verdict", "Summary"])
                    html.element("tbody") { html in
                        for cell in cells.prefix(Self.listed) {
                            html.element("tr") { html in
                                html.element("th", ["scope": "row"]) { $0.element("a", ["href": "../cells/\(cell.pageName)"], VisibleText.line(cell.id, limit: 200)) }
                                html.element("td", ["class": "v \(cell.verdict.rawValue)"]) { $0.verdict(cell.verdict, text: cell.verdict.words, href: nil) }
                                html.element("td", ["class": "wrap"], VisibleText.line(cell.summary, limit: 400))
                            }
                        }
                    }
                }
            }
            if cells.count > Self.listed { html.element("p", "…and \(Figure.grouped(cells.count - Self.listed)) more.") }
        }
    }
}
