import EvidenceStore
import MatrixModel

/// A run as Markdown, for an issue, a CI job summary or a wiki.
struct MarkdownReport {
    let document: RunDocument
    var earlier: [RunDocument] = []
    let troubles: [String]
    let changes: RunStep?

    /// Limits that keep the document readable; the site shows everything.
    private static let (rows, failures) = (400, 200)

    func render() -> String {
        let run = document.run
        let agents = AgentNames(document)
        var parts = ["# \(Self.text(agents.heading))"]
        let facts = [
            agents.list, "Run \(run.id)", run.shard.map { "part \($0)" }, "started \(run.started)", run.finished.map { "finished \($0)" } ?? "not finished",
            run.accelerator.map { "accelerator \($0)" },
            "kmatrix \(run.harness)", TierNote.text(document.cells),
        ].compactMap(\.self).joined(separator: ", ")
        parts.append("\(Self.text(facts)). \(document.cells.isEmpty ? "No cells." : VerdictCounts(document.cells).inWords + ".")")
        if !document.cells.isEmpty {
            parts += [supportTable, overview("kernel series", .bySeries(document.cells))].compactMap(\.self)
            parts += matrix + proofTable + failures
        }
        if let changes { parts += Self.section(changes) }
        parts += notes
        parts.append(Verdict.allCases.map { "`\($0.symbol)` \($0.words): \($0.meaning)" }.joined(separator: "<br>\n"))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var notes: [String] {
        let all = (troubles + document.run.warnings + (document.run.notes ?? [])).prefix(50)
        return all.isEmpty ? [] : ["## Notes on this run", all.map { "- \(Self.text($0))" }.joined(separator: "\n")]
    }

    private var supportTable: String? {
        guard document.cells.contains(where: \.isOfDocumentedDistribution) else { return overview("distribution", .byGuest(document.cells)) }
        return "## By distribution\n\n" + CompatibilityDocument(document, earlier: earlier).table
    }

    private func overview(_ title: String, _ overview: SupportOverview) -> String? {
        guard !overview.lines.isEmpty else { return nil }
        let head = [title, "statement"] + overview.layouts.map(\.rawValue)
        let rows = overview.lines.map { line in
            [
                Self.text(line.name) + (line.agent.map { " (\(Self.text($0)))" } ?? ""),
                "\(line.all.mark.symbol) \(line.words)" + (line.all.contradictions > 0 ? "; not as documented" : ""),
            ]
                + overview.layouts.map { layout in line.byLayout[layout].map { "\($0.mark.symbol) \($0.fraction)" } ?? mark(nil) }
        }
        return "## By \(title)\n\n" + Self.table(head, rows)
    }

    private var matrix: [String] {
        let matrix = Matrix(document.cells)
        let rows = matrix.lines.prefix(Self.rows).map { line in
            [Self.text(line.row.title)] + matrix.layouts.map { mark(line.cells[$0]) }
        }
        let rest = matrix.lines.count - rows.count
        return ["## Cells\n\n" + Self.table(["kernel"] + matrix.layouts.map(\.rawValue), rows)] + (rest > 0 ? ["…and \(rest) more rows."] : [])
    }

    /// How often each proof has which state.
    private var proofTable: [String] {
        let overview = ProofOverview(document.cells)
        guard !overview.proofs.isEmpty else { return [] }
        let rows = overview.proofs.map { proof in
            let counts = [
                proof.count(.pass), proof.count(.fail) - proof.known, proof.known, proof.count(.notReached), proof.count(.unproven),
                proof.count(.notApplicable),
            ]
            return [Self.text(proof.id.rawValue)] + counts.map { "\($0)" }
        }
        return ["## Proofs\n\n" + Self.table(["proof", "passed", "failed", "known defect", "not reached", "unproven", "not applicable"], rows)]
    }

    /// A cell that is not in the document was not run; of a part, it may be another part's.
    private func mark(_ cell: CellRecord?) -> String {
        guard let cell else { return document.run.shard == nil ? "\(Verdict.notRun.symbol) \(Verdict.notRun.words)" : "" }
        if let tally = ProofTally(cell.proofs) {
            let names = tally.names(Self.text)
            return "\(cell.verdict.symbol) \(tally.fraction)" + (names.isEmpty ? "" : " \(names)")
        }
        return "\(cell.verdict.symbol) \(cell.cause.map { "`\($0.rawValue)`" } ?? cell.verdict.words)"
    }

    private var failures: [String] {
        let failed = document.cells.filter { $0.verdict != .compatible }
        guard !failed.isEmpty else { return [] }
        let items = failed.prefix(Self.failures).map { cell in
            let note = cell.documentedNote.map { " (\($0))" } ?? ""
            let evidence = cell.evidence.map { "<br>evidence: \(Self.text($0))" } ?? ""
            let cause = cell.cause.map { ", `\($0.rawValue)`" } ?? ""
            return "- **\(Self.text(cell.id))**: \(cell.verdict.words)\(cause)\(note)<br>\(Self.text(cell.summary))\(evidence)" + Self.proofs(cell)
        }
        let rest = failed.count - items.count
        return ["## Failed or unproven cells\n\n" + items.joined(separator: "\n") + (rest > 0 ? "\n- …and \(rest) more" : "")]
    }

    /// Nested items for the failed and unproven proofs.
    private static func proofs(_ cell: CellRecord) -> String {
        guard let tally = ProofTally(cell.proofs) else { return "" }
        return tally.open.map { proof in
            let known = proof.knownDefect.map { " Known defect until \($0.until): \(text($0.reason)) (\(text($0.reference)))" } ?? ""
            return "\n  - \(text(proof.id.rawValue)) \(proof.state.words): \(text(proof.summary))\(known)"
        }.joined()
    }

    private static func section(_ changes: RunStep) -> [String] {
        let items = changes.changes.prefix(failures).map { "- \($0.kind.rawValue): **\(text($0.id))**: \(text(AtomFeed.words($0)))" }
        return ["## Since \(text(changes.before.id))", "\(changes.inWords).", items.joined(separator: "\n")].filter { !$0.isEmpty }
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// Escapes text so that it forms no markup, link, mention or end of a table cell.
    static func text(_ text: String) -> String {
        var escaped = ""
        for character in VisibleText.line(text) {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // Renderers turn mentions into links.
            case "@": escaped += "&#64;"
            case "\\", "`", "*", "_", "[", "]", "(", ")", "|", "~", "#", "!", "$", "{", "}": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped.replacing("://", with: "&#58;//").replacing("www.", with: "www&#46;")
    }
}
