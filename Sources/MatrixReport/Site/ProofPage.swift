import EvidenceStore
import MatrixModel

/// One proof: how often it has which state, and the cells in which it did not pass.
struct ProofPage {
    let content: SiteContent
    let proof: ProofOverview.Proof

    private static let listed = 2000

    func render() -> [UInt8] {
        let id = VisibleText.line(proof.id.rawValue, limit: 64)
        return PageFrame(title: id, place: .below, content: content).render { html in
            html.element("h1", "Proof: \(id)")
            let counts = ProofState.allCases.compactMap { state in proof.count(state) == 0 ? nil : "\(Figure.grouped(proof.count(state))) \(state.words)" }
            html.element(
                "p", ["class": "meta"], counts.joined(separator: " · ") + (proof.known > 0 ? " · \(Figure.grouped(proof.known)) as a known defect" : ""))
            let results = content.cells.compactMap { cell in cell.proofs.first { $0.id == proof.id }.map { (cell, $0) } }
            let open = results.filter { $0.1.state != .pass && $0.1.state != .notApplicable }
            html.element("h2", "Cells in which it did not pass")
            guard !open.isEmpty else { return html.element("p", "None.") }
            html.scrolling("Cells in which the proof did not pass", class: "scroll tall") { html in
                html.element("table") { html in
                    html.head(["Cell", "State", "What was seen"])
                    html.element("tbody") { html in
                        for (cell, result) in open.prefix(Self.listed) {
                            html.element("tr") { html in
                                html.element("th", ["scope": "row"]) { html in
                                    html.element("a", ["href": "../cells/\(cell.pageName)#proofs"], VisibleText.line(cell.id, limit: 200))
                                }
                                html.element("td", ["class": "v st \(result.markName)"]) { $0.element("span", result.stateInWords) }
                                html.element("td", ["class": "wrap"]) { $0.prose(VisibleText.line(result.summary, limit: 400)) }
                            }
                        }
                    }
                }
            }
            if open.count > Self.listed { html.element("p", "and \(Figure.grouped(open.count - Self.listed)) more") }
        }
    }
}

/// The proofs of one cell, as part of its page.
struct ProofSection {
    let cell: CellRecord

    func render(_ html: inout Markup) {
        guard let tally = ProofTally(cell.proofs) else { return }
        html.element("h2", ["id": "proofs"], "Proofs: \(tally.passed) of \(tally.applicable) passed")
        // Proofs that all passed are of little interest.
        html.element("details", ["open": tally.passed == tally.applicable ? nil : ""]) { html in
            html.element("summary", "Every proof and its state")
            html.scrolling("Proofs") { html in
                html.element("table") { html in
                    html.head(["Proof", "State", "What was seen"])
                    html.element("tbody") { html in for proof in cell.proofs.sorted(by: { $0.id < $1.id }) { row(proof, &html) } }
                }
            }
        }
        html.lineBreak()
    }

    private func row(_ proof: ProofResult, _ html: inout Markup) {
        html.element("tr") { html in
            html.element("th", ["scope": "row"]) {
                $0.element("a", ["href": "../proofs/\(proof.id.pageName).html"], VisibleText.line(proof.id.rawValue, limit: 64))
            }
            html.element("td", ["class": "v st \(proof.markName)"]) { $0.element("span", proof.stateInWords) }
            html.element("td", ["class": "wrap"]) { html in
                html.prose(VisibleText.line(proof.summary))
                if let cause = proof.cause {
                    html.text(" ")
                    html.element("span", ["class": "tag"], cause.rawValue)
                }
                if let known = proof.knownDefect {
                    html.element("p", ["class": "mute"], "Known defect: \(VisibleText.line(known.reason)) (\(VisibleText.line(known.reference)))")
                }
                // Quotes of a proof that passed are in the evidence.
                if proof.state != .pass {
                    for finding in proof.findings.prefix(10) {
                        html.element("blockquote") { html in
                            html.element("span", ["class": "mute"], "\(VisibleText.line(finding.source, limit: 64)): ")
                            html.element("code", VisibleText.line(finding.quote))
                        }
                    }
                }
            }
        }
    }
}
