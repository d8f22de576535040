import EvidenceStore
import MatrixModel

/// The support table at the top of the index page: one line per distribution and agent.
struct SupportSection {
    let support: [DistributionSupport]

    func render(_ html: inout Markup) {
        guard !support.isEmpty else { return }
        html.element("h2", ["id": "support"], "By distribution")
        html.scrolling("Support by distribution", class: "scroll sticky") { html in
            html.element("table", ["class": "support"]) { html in
                html.head(["Distribution", "As shipped", "Other layouts", "Documented", "Agrees?", "Since kernel build", "Last proven"])
                html.element("tbody") { html in for line in support { row(line, &html) } }
            }
        }
        html.element("p", ["class": "mute"]) { html in
            html.text("“As shipped” is the distribution's own kernel in the cgroup layout that it boots with. ")
            html.text("“Supported” means that the agent was proven to work as shipped; a failure in another layout does not change that.")
        }
    }

    private func row(_ line: DistributionSupport, _ html: inout Markup) {
        html.element("tr") { html in
            html.element("th", ["scope": "row"]) { html in
                html.element("a", ["href": link(line)], VisibleText.line(line.title, limit: 64))
                if let agent = line.agent { html.element("span", ["class": "tag"], VisibleText.line(agent, limit: 64)) }
            }
            html.element("td", ["class": "v st words \((line.shipped?.mark ?? .notRun).rawValue)"]) { html in
                guard let shipped = line.shipped else { return html.element("span", "not measured") }
                html.element(
                    "a", ["href": link(line, shipped.layout)],
                    VisibleText.line("\(shipped.wordsWithCause); \(shipped.kernel), \(shipped.layout.rawValue)", limit: 200))
            }
            html.element("td", ["class": "marks"]) { html in
                if line.others.isEmpty { html.text("–") }
                for other in line.others { mark(other, href: link(line, other.layout), &html) }
            }
            html.element("td", ["class": "wrap claims"]) { html in
                if line.claims.isEmpty { html.text("–") }
                for claim in line.claims { self.claim(claim, &html) }
            }
            html.element("td", ["class": "v st words \(line.agreement.mark.rawValue)"]) { $0.element("span", line.agreement.words) }
            html.element("td", line.since.map { VisibleText.line($0.kernel, limit: 64) + ($0.isOldestMeasured ? " or earlier" : "") } ?? "–")
            html.element("td", line.lastProven.map { VisibleText.line($0, limit: 10) } ?? "never")
        }
        html.lineBreak()
    }

    private func mark(_ outcome: DistributionSupport.Outcome, href: String, _ html: inout Markup) {
        html.element("span", ["class": "v st \(outcome.mark.rawValue)"]) { html in
            html.element("a", ["href": href, "title": outcome.wordsWithCause]) { html in
                html.element("span", ["class": "sr"], "\(outcome.wordsWithCause): ")
                html.text(outcome.layout.rawValue)
            }
        }
    }

    private func claim(_ claim: DocumentedClaim, _ html: inout Markup) {
        let words = VisibleText.line("\(claim.says.rawValue): \(claim.title), \(claim.date)", limit: 200)
        html.element("p") { html in
            if let address = claim.address, address.hasPrefix("https://") {
                html.element("a", ["href": address, "rel": "noreferrer"], words)
            } else {
                html.text(words)
            }
        }
    }

    /// The index with filters for the line's cells.
    private func link(_ line: DistributionSupport, _ layout: CgroupLayout? = nil) -> String {
        IndexPage.filter(
            [("guest", line.distribution)] + (line.agent.map { [("axis", "agent=\($0)")] } ?? []) + (layout.map { [("layout", $0.rawValue)] } ?? []))
    }
}

extension DistributionSupport.Outcome {
    /// `supported`, or `unsupported: no-btf`.
    fileprivate var wordsWithCause: String { words + (cause.map { ": \($0.rawValue)" } ?? "") }
}

extension DistributionSupport.Agreement {
    fileprivate var words: String {
        switch self {
        case .agrees: "yes"
        case .contradicts: "no"
        case .differs(let right, let wrong):
            "with \(VisibleText.line(right.joined(separator: ", "), limit: 200)), not with \(VisibleText.line(wrong.joined(separator: ", "), limit: 200))"
        case .undocumented: "not documented"
        case .unknown: "not proven"
        }
    }

    /// The verdict that lends the answer its sign and colour.
    fileprivate var mark: Verdict {
        switch self {
        case .agrees: .compatible
        case .contradicts: .incompatible
        case .differs: .degraded
        case .undocumented, .unknown: .notRun
        }
    }
}
