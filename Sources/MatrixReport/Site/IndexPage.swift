import EvidenceStore
import MatrixModel

/// The first page: support by distribution and by kernel series, every cell, the causes of failures, and notes on the run.
struct IndexPage {
    let content: SiteContent

    func render() -> [UInt8] {
        PageFrame(title: "Support table", place: .root, content: content).render { html in
            html.element("h1", content.agents.heading)
            meta(&html)
            if content.cells.isEmpty {
                html.element("p", "This run has no cells: nothing was measured.")
            } else {
                overviews(&html)
                changed(&html)
                CellMatrix(content: content).render(&html)
                causes(&html)
            }
            notes(&html)
            legend(&html)
        }
    }

    private func meta(_ html: inout Markup) {
        let run = content.run
        let end = run.finished == nil ? "not finished; missing cells were not run" : nil
        let facts = [
            content.agents.list, "Run \(run.id)", "started \(run.started)", end, run.accelerator.map { "accelerator \($0)" },
            VerdictCounts(content.cells).inWords, TierNote.text(content.cells),
        ].compactMap(\.self).filter { !$0.isEmpty }
        html.element("p", ["class": "meta"]) { html in
            html.text(VisibleText.line(facts.joined(separator: " · ")))
            let count = warnings.count + remarks.count
            if count > 0 {
                html.text(" · ")
                html.element("a", ["href": "#notes"], count == 1 ? "1 note" : "\(count) notes")
            }
        }
    }

    /// Damage to the run's folder comes first, because it weakens the evidence.
    private var warnings: [String] { content.stored.troubles + content.run.warnings }

    /// What changes nothing, as suites past their date.
    private var remarks: [String] { content.run.notes ?? [] }

    private func notes(_ html: inout Markup) {
        let details = content.run.details ?? []
        guard !warnings.isEmpty || !remarks.isEmpty || !details.isEmpty else { return }
        html.element("h2", ["id": "notes"], "Notes on this run")
        list(warnings + remarks, &html)
        guard !details.isEmpty else { return }
        html.element("details") { html in
            html.element(
                "summary", details.count == 1 ? "1 suite of packages" : "\(details.count) suites of packages: what was read, and what could not be reached")
            list(details, &html)
        }
    }

    private func list(_ lines: [String], _ html: inout Markup) {
        let shown = 50
        guard !lines.isEmpty else { return }
        html.element("ol", ["class": "notes"]) { html in
            for line in lines.prefix(shown) { html.element("li", VisibleText.line(line)) }
        }
        if lines.count > shown { html.element("p", "and \(lines.count - shown) more in run.json") }
    }

    private func overviews(_ html: inout Markup) {
        // Records of before distributions were documented say no more than their layouts.
        if content.cells.contains(where: \.isOfDocumentedDistribution) {
            SupportSection(support: content.support).render(&html)
        } else {
            overview("By distribution", key: "guest", .byGuest(content.cells), &html)
        }
        overview("By kernel series", key: "series", .bySeries(content.cells), &html)
        html.element("p", ["class": "mute"]) { html in
            html.text(
                "Each count is compatible cells of measured cells. Cells with a boot profile, deployment, scenario or other eBPF program are not counted. ")
            html.text("“Supported” means that every cell was measured and works.")
        }
    }

    private func overview(_ title: String, key: String, _ overview: SupportOverview, _ html: inout Markup) {
        html.element("section") { html in
            html.element("h2", title)
            guard !overview.lines.isEmpty else { return html.element("p", "No cell of this run counts here.") }
            html.scrolling(title, class: "scroll short sticky") { html in
                html.element("table") { html in
                    html.head([key == "guest" ? "Guest" : "Series", "Statement"] + overview.layouts.map(\.rawValue))
                    html.element("tbody") { html in
                        for line in overview.lines { row(line, key: key, layouts: overview.layouts, &html) }
                    }
                }
            }
        }
    }

    private func row(_ line: SupportOverview.Line, key: String, layouts: [CgroupLayout], _ html: inout Markup) {
        let agent = line.agent.map { [("axis", "agent=\($0)")] } ?? []
        html.element("tr") { html in
            html.element("th", ["scope": "row"]) { html in
                html.element("a", ["href": Self.filter([(key, line.name)] + agent)], VisibleText.line(line.name, limit: 64))
                if let agent = line.agent { html.element("span", ["class": "tag"], VisibleText.line(agent, limit: 64)) }
            }
            html.element("td", ["class": "v words \(line.all.mark.rawValue)"]) { html in
                html.element("span", line.words)
                if line.all.contradictions > 0 { html.element("span", ["class": "flag", "title": "\(line.all.contradictions) not as documented"], "≠") }
            }
            for layout in layouts {
                guard let statement = line.byLayout[layout] else {
                    html.verdictCell(nil, href: nil)
                    continue
                }
                html.element("td", ["class": "v \(statement.mark.rawValue)"]) { html in
                    html.element("a", ["href": Self.filter([(key, line.name), ("layout", layout.rawValue)] + agent)]) { html in
                        html.element("span", ["class": "sr"], "\(statement.level.rawValue) ")
                        html.text(statement.fraction)
                    }
                }
            }
        }
    }

    /// A fragment of this page's address that sets the filters of its cells.
    static func filter(_ pairs: [(String, String)]) -> String {
        "#" + pairs.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
    }

    static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                byte < 0x80
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "."))
            return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private func changed(_ html: inout Markup) {
        guard let latest = content.changes.first else { return }
        html.element("p") { html in
            html.element("a", ["href": "changes.html"], "Changes since the previous run")
            html.text(": \(latest.inWords).")
        }
    }

    private func causes(_ html: inout Markup) {
        html.element("h2", ["id": "causes"], "Causes")
        guard !content.causes.isEmpty else { return html.element("p", "No cell has a cause of failure.") }
        html.scrolling("Causes") { html in
            html.element("table") { html in
                html.head(["Cause", "What is wrong", "Fault", "Cells"])
                html.element("tbody") { html in
                    for cause in content.causes {
                        html.element("tr") { html in
                            html.element("th", ["scope": "row"]) { $0.element("a", ["href": "causes/\(cause.pageName).html"], cause.rawValue) }
                            html.element("td", ["class": "wrap"], VisibleText.line(content.notes.note(on: cause).title))
                            html.element("td", cause.fault.rawValue)
                            html.element("td", ["class": "num"]) {
                                $0.element("a", ["href": Self.filter([("cause", cause.rawValue)])], "\(content.byCause[cause]?.count ?? 0)")
                            }
                        }
                    }
                }
            }
        }
    }

    private func legend(_ html: inout Markup) {
        html.element("h2", ["id": "legend"], "Legend")
        html.scrolling("Legend") { html in
            html.element("table") { html in
                html.head(["Verdict", "Meaning"])
                html.element("tbody") { html in
                    for verdict in Verdict.allCases {
                        html.element("tr") { html in
                            html.element("td", ["class": "v \(verdict.rawValue)"]) { $0.verdict(verdict, text: verdict.words, href: nil) }
                            html.element("td", ["class": "wrap"], verdict.meaning)
                        }
                    }
                }
            }
        }
        html.element("p", ["class": "mute"]) { html in
            html.text("≠ marks a cell that contradicts the documentation, ↻ a cell that needed more than one attempt.")
        }
        html.element("p", ["class": "mute keys"]) { html in
            html.element("kbd", "/")
            html.text(" searches, ")
            html.element("kbd", "Esc")
            html.text(" clears the search, arrow keys move between cells, ")
            html.element("kbd", "Enter")
            html.text(" opens a cell.")
        }
    }
}
