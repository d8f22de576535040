import EvidenceStore
import MatrixModel

/// One cell: its verdict, the cause and its remedies, how to reproduce it, and the evidence.
struct CellPage {
    let content: SiteContent
    /// The published record, with evidence paths relative to the run's folder.
    let cell: CellRecord
    let evidence: CellFolder?

    func render() -> [UInt8] {
        PageFrame(title: cell.id, place: .below, content: content).render { html in
            heading(&html)
            html.element("p", ["class": "meta mono"], VisibleText.line(cell.id))
            banner(&html)
            changed(&html)
            ProofSection(cell: cell).render(&html)
            if let cause = cell.cause { CauseSection(notes: [content.notes.note(on: cause, distribution: cell.machineDistribution)]).render(&html) }
            findings(&html)
            html.element("h2", "Reproduce")
            let command = ReproduceCommand(cell)
            html.command(command.text)
            if let remark = command.remark { html.element("p", ["class": "mute"], VisibleText.line(remark)) }
            html.element("div", ["class": "two"]) { html in
                html.element("section") { axes(&$0) }
                html.element("section") { timings(&$0) }
            }
            if let evidence {
                html.element("h2", "Evidence")
                EvidenceSections(folder: evidence, place: cell.evidence.map { VisibleText.line($0) } ?? "", isBrief: cell.verdict == .compatible).render(&html)
            } else {
                html.element("p", "No evidence: no guest was started.")
            }
        }
    }

    private func heading(_ html: inout Markup) {
        let row = Matrix.Row(cell)
        let place = row.guest == "micro" ? "" : " on \(row.guest)"
        html.element("h1") { html in
            html.text(VisibleText.line("Kernel \(row.kernel) \(row.flavour)\(place), cgroup layout \(cell.cgroup.rawValue)"))
            for axis in row.axes where content.isNamed(axis) { html.element("span", ["class": "tag"], VisibleText.line(axis, limit: 64)) }
        }
    }

    private func banner(_ html: inout Markup) {
        html.element("div", ["class": "banner \(cell.verdict.rawValue)", "id": "verdict"]) { html in
            html.element("b", ["aria-hidden": "true"], cell.verdict.symbol)
            html.element("div") { html in
                html.element("p") { html in
                    html.element("strong", cell.verdict.words)
                    if let cause = cell.cause {
                        html.text(": ")
                        html.element("a", ["href": "../causes/\(cause.pageName).html"], cause.rawValue)
                        html.text(" (\(cause.fault.rawValue))")
                    }
                    if let note = cell.documentedNote { html.text(" · \(note)") }
                }
                html.element("p") { $0.prose(VisibleText.line(cell.summary)) }
                if let earlier = cell.reused {
                    html.element(
                        "p",
                        "Reused from run \(VisibleText.line(earlier.run)) of \(VisibleText.line(earlier.started)): none of the cell's inputs has changed since."
                    )
                }
                if cell.attempts > 1 {
                    html.element(
                        "p", "↻ The cell took \(cell.attempts) attempts. Earlier attempts were harness failures; their evidence is in attempt-1 and following.")
                }
            }
        }
        html.lineBreak()
    }

    private func changed(_ html: inout Markup) {
        guard let change = content.changeOfCell[cell.id], let before = change.before else { return }
        html.element(
            "p", ["class": "note"],
            "\(change.kind.rawValue) since \(VisibleText.line(content.changes.first?.before.id ?? "")): \(AtomFeed.words(change)). Before: "
                + "\(VisibleText.line(before.summary))"
        )
    }

    private func findings(_ html: inout Markup) {
        // The findings of a cell with proofs are those of its proofs.
        guard !cell.findings.isEmpty, cell.proofs.isEmpty else { return }
        html.element("h2", "Findings")
        for finding in cell.findings.prefix(50) {
            html.element("blockquote") { html in
                html.element("span", ["class": "mute"], "\(VisibleText.line(finding.source, limit: 64)): ")
                html.element("code", VisibleText.line(finding.quote))
            }
        }
    }

    private func axes(_ html: inout Markup) {
        html.element("h2", "Cell")
        html.element("dl") { html in
            html.definition("guest", cell.guest == "micro" ? "micro (the kernel with a minimal initramfs)" : cell.guest)
            html.definition("kernel", cell.kernel)
            html.definition("flavour", cell.flavour)
            html.definition("release", cell.release)
            html.definition("origin", cell.origin)
            html.definition("architecture", cell.architecture.rawValue)
            html.definition("cgroup layout", cell.cgroup.rawValue)
            html.definition("boot profile", cell.profile)
            html.definition("deployment", cell.deployment)
            html.definition("scenario", cell.scenario)
            html.definition("agent", cell.agent)
            html.definition("eBPF program", cell.bpf)
            html.definition("documented as", cell.expectation.rawValue)
            html.definition("proof tier", cell.tierInWords)
            html.definition("attempts", "\(cell.attempts)")
            if let deployment = cell.provisioning {
                html.definition("cloud-init", deployment.cloudInit)
                html.definition("platform saw", deployment.platformSaw)
                html.definition("documented", deployment.documented)
            }
        }
    }

    private func timings(_ html: inout Markup) {
        let phases = Phase.allCases.compactMap { phase in cell.seconds[phase].map { (phase, Figure.seconds($0)) } }
        guard !phases.isEmpty else { return }
        html.element("h2", "Timings")
        let longest = max(phases.map(\.1).max() ?? 0, 0.1)
        html.element("svg", ["class": "time", "viewBox": "0 0 640 \(phases.count * 22)", "role": "img", "aria-label": "Seconds by phase"]) { html in
            for (index, (phase, seconds)) in phases.enumerated() {
                html.element("text", ["x": "0", "y": "\(index * 22 + 15)"], phase.rawValue)
                html.element("rect", ["x": "80", "y": "\(index * 22 + 4)", "width": "\(max(1, Int(seconds / longest * 460)))", "height": "14", "rx": "2"], "")
                html.element("text", ["class": "m", "x": "\(88 + Int(seconds / longest * 460))", "y": "\(index * 22 + 15)"], "\(Figure.text(seconds)) s")
            }
        }
    }
}
