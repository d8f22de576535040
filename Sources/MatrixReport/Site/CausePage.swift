import EvidenceStore
import MatrixModel

/// The explanation and the remedies of a cause, as part of a page.
struct CauseSection {
    /// Notes on the same cause, one per family of distributions.
    let notes: [CauseNotes.Note]

    func render(_ html: inout Markup) {
        guard let note = notes.first else { return }
        html.element("h2", "What is wrong")
        html.element("p") { $0.element("strong", VisibleText.line(note.title)) }
        html.element("dl") { html in
            prose("symptom", note.symptom, &html)
            prose("proof", note.proof, &html)
        }
        if notes.contains(where: { !$0.steps.isEmpty }) { html.element("h2", "What to do") }
        if notes.count > 1 {
            for (index, note) in notes.enumerated() where !note.steps.isEmpty {
                html.element("details", ["open": index == 0 ? "" : nil]) { html in
                    html.element("summary") { $0.element("b", VisibleText.line(note.family ?? "any distribution", limit: 64)) }
                    steps(note.steps, &html)
                }
            }
        } else {
            if let family = note.family, !note.steps.isEmpty { html.element("p", ["class": "mute"], "Commands for \(VisibleText.line(family, limit: 64)).") }
            steps(note.steps, &html)
        }
        reference(note.reference, &html)
    }

    private func prose(_ term: String, _ text: String?, _ html: inout Markup) {
        guard let text, !text.isEmpty else { return }
        html.element("dt", term)
        html.element("dd") { $0.prose(VisibleText.line(text)) }
    }

    private func steps(_ steps: [CauseNotes.Step], _ html: inout Markup) {
        guard !steps.isEmpty else { return }
        html.element("ol", ["class": "steps"]) { html in
            for step in steps {
                html.element("li") { html in
                    html.prose(VisibleText.line(step.text))
                    if let place = step.place { html.element("span", ["class": "tag"], VisibleText.line(place, limit: 64)) }
                    if !step.commands.isEmpty { html.command(step.commands.joined(separator: "\n")) }
                }
            }
        }
    }

    private func reference(_ reference: CauseNotes.Reference?, _ html: inout Markup) {
        guard let reference, reference.address.hasPrefix("https://") else { return }
        html.element("p") { html in
            html.text("See also: ")
            html.element("a", ["href": reference.address, "rel": "noreferrer"], VisibleText.line(reference.title))
        }
    }
}

extension Cause {
    /// The code as part of a file name.
    var pageName: String { rawValue.replacing("/", with: "-") }
}

/// A cause: its explanation, its remedies, and the cells that have it.
struct CausePage {
    let content: SiteContent
    let cause: Cause

    private static let listed = 2000

    func render() -> [UInt8] {
        let cells = content.byCause[cause] ?? []
        return PageFrame(title: cause.rawValue, place: .below, content: content).render { html in
            html.element("h1", cause.rawValue)
            html.element("p", ["class": "meta"], "Fault: \(cause.fault.rawValue) · \(cells.count == 1 ? "1 cell" : "\(Figure.grouped(cells.count)) cells")")
            CauseSection(notes: content.notes.notesByFamily(on: cause)).render(&html)
            html.element("h2", "Cells")
            html.scrolling("Cells with this cause", class: "scroll tall") { html in
                html.element("table") { html in
                    html.head(["Cell", "Verdict", "Summary"])
                    html.element("tbody") { html in
                        for cell in cells.prefix(Self.listed) {
                            html.element("tr") { html in
                                html.element("th", ["scope": "row"]) {
                                    $0.element("a", ["href": "../cells/\(cell.pageName)"], VisibleText.line(cell.id, limit: 200))
                                }
                                html.element("td", ["class": "v \(cell.verdict.rawValue)"]) { $0.verdict(cell.verdict, text: cell.verdict.words, href: nil) }
                                html.element("td", ["class": "wrap"]) { $0.prose(VisibleText.line(cell.summary, limit: 400)) }
                            }
                        }
                    }
                }
            }
            if cells.count > Self.listed { html.element("p", "and \(Figure.grouped(cells.count - Self.listed)) more") }
        }
    }
}
