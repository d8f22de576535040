import EvidenceStore
import MatrixModel

/// A run as Markdown, for an issue, a job's summary or a wiki.
struct MarkdownReport {
    let document: RunDocument
    let troubles: [String]
    let changes: RunStep?

    /// Above these a document is no longer read; the site shows everything.
    private static let (rows, failures) = (400, 200)

    func render() -> String {
        let run = document.run
        var parts = ["# kmatrix: \(Self.text(run.id))"]
        let facts = [
            "Started \(run.started)", run.finished.map { "finished \($0)" } ?? "not finished", run.accelerator.map { "on \($0)" }, "with kmatrix \(run.harness)",
        ].compactMap(\.self).joined(separator: ", ")
        parts.append("\(Self.text(facts)). \(document.cells.isEmpty ? "No cells." : VerdictCounts(document.cells).inWords + ".")")
        parts += warnings
        if !document.cells.isEmpty {
            parts += [overview("distribution", .byGuest(document.cells)), overview("kernel series", .bySeries(document.cells))].compactMap(\.self)
            parts += matrix + failures
        }
        if let changes { parts += Self.section(changes) }
        parts.append(Verdict.allCases.map { "`\($0.symbol)` \($0.words): \($0.meaning)" }.joined(separator: "<br>\n"))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var warnings: [String] {
        let all = (document.run.warnings + troubles).prefix(50)
        return all.isEmpty ? [] : [all.map { "> **Note:** \(Self.text($0))" }.joined(separator: "\n>\n")]
    }

    private func overview(_ title: String, _ overview: SupportOverview) -> String? {
        guard !overview.lines.isEmpty else { return nil }
        let head = [title, "statement"] + overview.layouts.map(\.rawValue)
        let rows = overview.lines.map { line in
            [Self.text(line.name), "\(line.all.mark.symbol) \(line.words)" + (line.all.contradictions > 0 ? "; not as documented" : "")]
                + overview.layouts.map { layout in line.byLayout[layout].map { "\($0.mark.symbol) \($0.fraction)" } ?? ". not run" }
        }
        return "## By \(title)\n\n" + Self.table(head, rows)
    }

    private var matrix: [String] {
        let matrix = Matrix(document.cells)
        let rows = matrix.lines.prefix(Self.rows).map { line in
            [Self.text(line.row.title)] + matrix.layouts.map { Self.mark(line.cells[$0]) }
        }
        let rest = matrix.lines.count - rows.count
        return ["## Cells\n\n" + Self.table(["kernel"] + matrix.layouts.map(\.rawValue), rows)] + (rest > 0 ? ["…and \(rest) more rows."] : [])
    }

    private static func mark(_ cell: CellRecord?) -> String {
        guard let cell else { return "\(Verdict.notRun.symbol) \(Verdict.notRun.words)" }
        return "\(cell.verdict.symbol) \(cell.cause.map { "`\($0.rawValue)`" } ?? cell.verdict.words)"
    }

    private var failures: [String] {
        let failed = document.cells.filter { $0.verdict != .compatible }
        guard !failed.isEmpty else { return [] }
        let items = failed.prefix(Self.failures).map { cell in
            let note = cell.documentedNote.map { " (\($0))" } ?? ""
            let evidence = cell.evidence.map { "<br>evidence: \(Self.text($0))" } ?? ""
            return "- **\(Self.text(cell.id))**: \(cell.verdict.words)\(cell.cause.map { ", `\($0.rawValue)`" } ?? "")\(note)<br>\(Self.text(cell.summary))\(evidence)"
        }
        let rest = failed.count - items.count
        return ["## What does not work, or was not shown to\n\n" + items.joined(separator: "\n") + (rest > 0 ? "\n- …and \(rest) more" : "")]
    }

    private static func section(_ changes: RunStep) -> [String] {
        let items = changes.changes.prefix(failures).map { "- \($0.kind.rawValue): **\(text($0.id))**: \(text(AtomFeed.words($0)))" }
        return ["## Since \(text(changes.before.id))", "\(changes.inWords).", items.joined(separator: "\n")].filter { !$0.isEmpty }
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// Text that is nothing but text: no markup, link, mention or end of a table's cell.
    static func text(_ text: String) -> String {
        var escaped = ""
        for character in VisibleText.line(text) {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // Addresses and mentions become links by themselves.
            case "@": escaped += "&#64;"
            case "\\", "`", "*", "_", "[", "]", "(", ")", "|", "~", "#", "!", "$", "{", "}": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped.replacing("://", with: "&#58;//").replacing("www.", with: "www&#46;")
    }
}
