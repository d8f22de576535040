import EvidenceStore
import MatrixModel

/// The grid of proofs by kernel series and by distribution, with filters.
struct ProofsPage {
    let content: SiteContent

    func render() -> [UInt8] {
        PageFrame(title: "Proofs", place: .root, content: content).render { html in
            html.element("h1", "Proofs")
            html.element("p", ["class": "mute"]) { html in
                html.text(
                    "A row combines the cells of one kernel series or distribution in one layout. A proof that failed in any of them is marked as failed. ")
                html.text("Marks link to the cells.")
            }
            let grids = ProofGrid.Grouping.allCases.map { ProofGrid(content.cells, by: $0, isNamed: content.isNamed) }
            tools(grids, &html)
            for grid in grids { section(grid, &html) }
            legend(&html)
        }
    }

    private func tools(_ grids: [ProofGrid], _ html: inout Markup) {
        html.element("div", ["class": "tools", "role": "search", "aria-label": "Filter proofs"]) { html in
            html.element("label") { html in
                html.element("span", ["class": "sr"], "Search")
                let hint = "Search kernel, distribution, layout   ( / )"
                html.open("input", ["type": "search", "id": "g-q", "placeholder": hint, "autocomplete": "off", "spellcheck": "false"])
            }
            html.element("label") { html in
                html.text("Rows ")
                html.element("select", ["id": "g-by"]) { html in
                    html.element("option", ["value": ""], "all")
                    for grid in grids { html.element("option", ["value": grid.grouping.rawValue], "by \(grid.grouping.title.lowercased())") }
                }
            }
            html.element("label") { html in
                html.text("Proof ")
                html.element("select", ["id": "g-proof"]) { html in
                    html.element("option", ["value": ""], "all")
                    for proof in grids.first?.proofs ?? [] { html.element("option", ["value": proof.rawValue], VisibleText.line(proof.rawValue, limit: 64)) }
                }
            }
            let layouts = Set(grids.flatMap(\.rows).map(\.layout)).sorted()
            if layouts.count > 1 {
                html.element("div", ["class": "chips", "role": "group", "aria-label": "Layout"]) { html in
                    for layout in layouts {
                        html.element("button", ["type": "button", "class": "chip", "data-layout": layout.rawValue, "aria-pressed": "false"], layout.rawValue)
                    }
                }
            }
            html.element("label") { html in
                html.open("input", ["type": "checkbox", "id": "g-open"])
                html.text("only what did not pass")
            }
            html.element("button", ["type": "button", "id": "g-reset"], "Reset")
            html.element("output", ["id": "g-count", "aria-live": "polite"], "")
        }
        html.lineBreak()
    }

    private func section(_ grid: ProofGrid, _ html: inout Markup) {
        html.element("section", ["class": "grid", "data-by": grid.grouping.rawValue]) { html in
            html.element("h2", "By \(grid.grouping.title.lowercased())")
            html.scrolling("Proofs by \(grid.grouping.title.lowercased())", class: "scroll tall sticky") { html in
                html.element("table", ["class": "proofs"]) { html in
                    html.element("thead") { html in
                        html.element("tr") { html in
                            html.element("th", ["scope": "col"], grid.grouping.title)
                            for proof in grid.proofs {
                                html.element("th", ["scope": "col", "class": "up"]) { html in
                                    html.element("a", ["href": "proofs/\(proof.pageName).html"], VisibleText.line(proof.rawValue, limit: 64))
                                }
                            }
                        }
                    }
                    html.element("tbody") { html in for row in grid.rows { self.row(row, grid, &html) } }
                }
            }
        }
    }

    private func row(_ row: ProofGrid.Row, _ grid: ProofGrid, _ html: inout Markup) {
        html.element("tr", ["data-l": row.layout.rawValue]) { html in
            html.element("th", ["scope": "row"]) { html in
                html.element("a", ["href": target(row, grid, proof: nil)], VisibleText.line(row.name, limit: 64))
                html.text(" \(row.layout.rawValue)")
                for axis in row.axes { html.element("span", ["class": "tag"], VisibleText.line(axis, limit: 64)) }
            }
            let found = Dictionary(row.overview.proofs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for proof in grid.proofs { cell(found[proof], href: target(row, grid, proof: proof), &html) }
        }
        html.lineBreak()
    }

    /// Proofs that passed everywhere have no link, which keeps the page small; the style sheet names their state.
    private func cell(_ proof: ProofOverview.Proof?, href: String, _ html: inout Markup) {
        guard let proof else { return html.element("td", ["class": "p not-run"], "") }
        let name = proof.markName
        guard proof.state != .pass, proof.state != .notApplicable else { return html.element("td", ["class": "p \(name)"], "") }
        html.element("td", ["class": "p \(name)"]) { html in
            html.element("a", ["href": href, "title": proof.words]) { $0.element("span", ["class": "sr"], proof.words) }
        }
    }

    /// The row's only cell, or the index with filters for its cells.
    private func target(_ row: ProofGrid.Row, _ grid: ProofGrid, proof: ProofID?) -> String {
        if row.cells.count == 1, let cell = row.cells.first { return "cells/\(cell.pageName)" + (proof == nil ? "" : "#proofs") }
        var filters = [(grid.grouping.rawValue, row.name), ("layout", row.layout.rawValue)]
        if let proof { filters.append(("proof", proof.rawValue)) }
        return "index.html" + IndexPage.filter(filters)
    }

    private func legend(_ html: inout Markup) {
        html.element("h2", "Legend")
        html.scrolling("Legend") { html in
            html.element("table") { html in
                html.head(["State", "Meaning"])
                html.element("tbody") { html in
                    for state in ProofState.allCases {
                        html.element("tr") { html in
                            html.element("td", ["class": "v st \(state.mark.rawValue)"]) { $0.element("span", state.words) }
                            html.element("td", ["class": "wrap"], state.meaning)
                        }
                    }
                    html.element("tr") { html in
                        html.element("td", ["class": "v st degraded"]) { $0.element("span", "failed, known defect") }
                        html.element("td", ["class": "wrap"], "The agent's profile declares this failure as known, with a reason and a last day.")
                    }
                }
            }
        }
    }
}

extension ProofOverview.Proof {
    /// The class that gives the state its sign and colour.
    var markName: String { state == .fail && failsOnlyAsKnown ? Verdict.degraded.rawValue : state.mark.rawValue }
}

extension ProofResult {
    /// The class that gives the state its sign and colour.
    var markName: String { isKnownDefect ? Verdict.degraded.rawValue : state.mark.rawValue }
}

extension ProofID {
    /// The id as part of a file name. A stored id may be anything.
    var pageName: String {
        let name = String(
            decoding: rawValue.utf8.map { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? byte : UInt8(ascii: "-")
            }, as: UTF8.self)
        return isKnown ? name : "\(name.prefix(64))-\(rawValue.stableHash)"
    }
}
