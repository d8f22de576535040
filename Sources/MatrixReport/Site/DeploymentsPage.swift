import EvidenceStore
import MatrixModel

/// Deployments, next to the table of the troubleshooting article.
struct DeploymentsPage {
    let content: SiteContent

    func render() -> [UInt8] {
        PageFrame(title: "Deployments", place: .root, content: content).render { html in
            html.element("h1", "Deployments")
            html.element(
                "p", "What the platform saw of machines that were provisioned with the protocol enabled, next to what the troubleshooting article documents.")
            html.scrolling("Deployments", class: "scroll tall sticky") { html in
                html.element("table") { html in
                    html.head(["Guest", "Deployment", "cloud-init", "Row of the article", "Documented", "Platform saw", "As documented?", "Verdict"])
                    html.element("tbody") { html in for cell in content.deployments { row(cell, &html) } }
                }
            }
        }
    }

    private func row(_ cell: CellRecord, _ html: inout Markup) {
        guard let finding = cell.provisioning else { return }
        html.element("tr") { html in
            html.element("th", ["scope": "row"]) { $0.element("a", ["href": "cells/\(cell.pageName)"], Matrix.Row(cell).title + ", \(cell.cgroup.rawValue)") }
            html.element("td", VisibleText.line(cell.deployment ?? "–"))
            html.element("td", VisibleText.line(finding.cloudInit ?? "unknown", limit: 64))
            html.element("td", ["class": "num"], finding.row.map(String.init) ?? "–")
            html.element("td", ["class": "wrap"], VisibleText.line(finding.documented ?? "nothing", limit: 400))
            html.element("td", ["class": "wrap"], VisibleText.line(finding.platformSaw, limit: 400))
            let verdict: Verdict = finding.matches.map { $0 ? .compatible : .incompatible } ?? .notRun
            html.element("td", ["class": "v \(verdict.rawValue)"]) { $0.element("span", finding.matches.map { $0 ? "yes" : "no" } ?? "not in the article") }
            html.verdictCell(cell, href: nil)
        }
    }
}
