import EvidenceStore
import Foundation
import MatrixModel

/// The files of a cell's evidence on its page. Of a long file it shows both ends and says how much is left out.
struct EvidenceSections {
    let folder: CellFolder
    /// The evidence folder's path inside the run's folder.
    let place: String
    /// Shows less of each file: the cell works.
    let isBrief: Bool

    private struct Part {
        let file: EvidenceFile
        let title: String
        let head: Int
        let tail: Int
        var isOpen = false
    }

    private static let parts = [
        Part(file: .verifierLog, title: "Verifier log", head: 32 << 10, tail: 64 << 10, isOpen: true),
        Part(file: .status, title: "Agent status, once it settled", head: 16 << 10, tail: 16 << 10, isOpen: true),
        Part(file: .finalStatus, title: "Agent status at the end", head: 8 << 10, tail: 8 << 10),
        Part(file: .restartedStatus, title: "Agent status after a restart", head: 8 << 10, tail: 8 << 10),
        Part(file: .installLog, title: "Package installation", head: 8 << 10, tail: 16 << 10),
        Part(file: .unitState, title: "State of the agent's unit", head: 8 << 10, tail: 4 << 10),
        Part(file: .unitJournal, title: "Journal of the agent's unit", head: 8 << 10, tail: 16 << 10),
        Part(file: .agentLog, title: "Agent log", head: 8 << 10, tail: 16 << 10),
        Part(file: .agentOutput, title: "Agent output", head: 8 << 10, tail: 16 << 10),
        Part(file: .connectionLog, title: "Agent connection log", head: 4 << 10, tail: 8 << 10),
        Part(file: .cloudInitStatus, title: "cloud-init status", head: 4 << 10, tail: 4 << 10),
        Part(file: .cloudInitResult, title: "cloud-init result", head: 4 << 10, tail: 4 << 10),
        Part(file: .cloudInitLog, title: "cloud-init log", head: 8 << 10, tail: 24 << 10),
        Part(file: .console, title: "Console", head: 4 << 10, tail: 16 << 10),
        Part(file: .kernelLog, title: "Kernel log", head: 4 << 10, tail: 16 << 10),
        Part(file: .systemJournal, title: "System journal", head: 4 << 10, tail: 16 << 10),
        Part(file: .fabricJournal, title: "Requests that the platform saw", head: 4 << 10, tail: 4 << 10),
        Part(file: .clients, title: "Answers that the clients saw", head: 4 << 10, tail: 4 << 10),
        Part(file: .packages, title: "Packages in the image", head: 4 << 10, tail: 0),
        Part(file: .qemuCommand, title: "QEMU command", head: 8 << 10, tail: 0),
        Part(file: .qemuLog, title: "QEMU log", head: 4 << 10, tail: 8 << 10),
    ]

    func render(_ html: inout Markup) {
        facts(&html)
        for part in Self.parts {
            let (head, tail) = isBrief ? (min(part.head, 2 << 10), min(part.tail, 4 << 10)) : (part.head, part.tail)
            guard let excerpt = folder.excerpt(of: part.file, head: head, tail: tail), excerpt.size > 0 else { continue }
            section(part, excerpt, &html)
        }
    }

    private func section(_ part: Part, _ excerpt: EvidenceExcerpt, _ html: inout Markup) {
        html.element("details", ["open": part.isOpen ? "" : nil, "id": part.file.rawValue]) { html in
            html.element("summary") { html in
                html.element("b", part.title)
                html.element("span", ["class": "mute"], " · \(part.file.rawValue), \(Figure.grouped(excerpt.size)) bytes")
            }
            block(part, excerpt.head, isEnd: excerpt.omitted == 0, &html)
            if excerpt.omitted > 0 {
                html.element(
                    "p", ["class": "cut"],
                    "\(Figure.grouped(excerpt.omitted)) bytes left out; the whole file is \(place)/\(part.file.rawValue) in the run's folder.")
                if !excerpt.tail.isEmpty { block(part, excerpt.tail, isEnd: true, &html) }
            }
        }
        html.lineBreak()
    }

    private func block(_ part: Part, _ bytes: [UInt8], isEnd: Bool, _ html: inout Markup) {
        html.element("pre", ["tabindex": "0", "role": "region", "aria-label": part.title]) { html in
            if part.file == .verifierLog { VerifierLogView(bytes, isEnd: isEnd).render(&html) } else { html.text(bytes) }
        }
    }

    /// `facts.json` is written by the harness, but may have been edited since.
    private func facts(_ html: inout Markup) {
        guard let excerpt = folder.excerpt(of: .facts, head: 256 << 10, tail: 0), excerpt.omitted == 0,
            let values = try? JSONDecoder().decode([String: FactValue].self, from: Data(excerpt.head))
        else { return }
        html.element("details", ["open": "", "id": "facts.json"]) { html in
            html.element("summary") { html in
                html.element("b", "Facts of the guest")
                html.element("span", ["class": "mute"], " · facts.json")
            }
            html.element("div", ["class": "facts"]) { html in
                for group in GuestFacts(values).groups {
                    html.element("section") { html in
                        html.element("h3", group.title)
                        html.element("dl") { html in for (term, text) in group.facts { html.definition(VisibleText.line(term, limit: 64), text) } }
                    }
                }
            }
        }
        html.lineBreak()
    }
}
