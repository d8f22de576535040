import EvidenceStore
import Foundation
import MatrixModel

/// The files of a cell's evidence on its page: beginnings and ends, with what was left out said.
struct EvidenceSections {
    let folder: CellFolder
    /// Where the whole files are, in the run's folder.
    let place: String
    /// Of a cell that works nobody reads much.
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
        Part(file: .status, title: "status.json, once it settled", head: 16 << 10, tail: 16 << 10, isOpen: true),
        Part(file: .finalStatus, title: "status.json, the agent's last words", head: 8 << 10, tail: 8 << 10),
        Part(file: .restartedStatus, title: "status.json after a restart", head: 8 << 10, tail: 8 << 10),
        Part(file: .installLog, title: "Installation", head: 8 << 10, tail: 16 << 10),
        Part(file: .unitState, title: "Unit state", head: 8 << 10, tail: 4 << 10),
        Part(file: .unitJournal, title: "Journal of the agent's unit", head: 8 << 10, tail: 16 << 10),
        Part(file: .agentLog, title: "The agent's log", head: 8 << 10, tail: 16 << 10),
        Part(file: .agentOutput, title: "The agent's output", head: 8 << 10, tail: 16 << 10),
        Part(file: .connectionLog, title: "The agent's connection log", head: 4 << 10, tail: 8 << 10),
        Part(file: .cloudInitStatus, title: "cloud-init status", head: 4 << 10, tail: 4 << 10),
        Part(file: .cloudInitResult, title: "cloud-init result", head: 4 << 10, tail: 4 << 10),
        Part(file: .cloudInitLog, title: "cloud-init log", head: 8 << 10, tail: 24 << 10),
        Part(file: .console, title: "Console", head: 4 << 10, tail: 16 << 10),
        Part(file: .kernelLog, title: "Kernel log", head: 4 << 10, tail: 16 << 10),
        Part(file: .systemJournal, title: "System journal", head: 4 << 10, tail: 16 << 10),
        Part(file: .fabricJournal, title: "What the platform saw", head: 4 << 10, tail: 4 << 10),
        Part(file: .clients, title: "What the clients saw", head: 4 << 10, tail: 4 << 10),
        Part(file: .packages, title: "Packages of the image", head: 4 << 10, tail: 0),
        Part(file: .qemuCommand, title: "The emulator's command", head: 8 << 10, tail: 0),
        Part(file: .qemuLog, title: "The emulator's log", head: 4 << 10, tail: 8 << 10),
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
                html.element("p", ["class": "cut"], "\(Figure.grouped(excerpt.omitted)) bytes are left out here; the whole file is \(place)/\(part.file.rawValue) in the run's folder.")
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

    /// What the guest was, from `facts.json`, which is the harness's own and yet may have been changed.
    private func facts(_ html: inout Markup) {
        guard let excerpt = folder.excerpt(of: .facts, head: 256 << 10, tail: 0), excerpt.omitted == 0,
            let facts = try? JSONDecoder().decode([String: FactValue].self, from: Data(excerpt.head))
        else { return }
        html.element("details", ["open": "", "id": "facts.json"]) { html in
            html.element("summary") { $0.element("b", "Facts of the guest") }
            html.element("dl") { html in
                for (name, value) in facts.sorted(by: { $0.key < $1.key }).prefix(64) { html.definition(VisibleText.line(name, limit: 64), value.words) }
            }
        }
        html.lineBreak()
    }
}

/// A value of `facts.json`, in words.
private struct FactValue: Decodable {
    let words: String

    private static let shown = 64

    /// What most values are comes first: each guess that fails is dear.
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            words = text
        } else if let list = try? value.decode([FactValue].self) {
            words = list.prefix(Self.shown).map(\.words).joined(separator: " · ") + (list.count > Self.shown ? " · …" : "")
        } else if let named = try? value.decode([String: FactValue].self) {
            words = named.sorted { $0.key < $1.key }.prefix(Self.shown).map { "\($0.key)=\($0.value.words)" }.joined(separator: ", ")
        } else if let flag = try? value.decode(Bool.self) {
            words = flag ? "yes" : "no"
        } else {
            words = value.decodeNil() ? "" : Figure.plain(try value.decode(Double.self))
        }
    }
}
