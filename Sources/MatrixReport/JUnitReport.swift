import EvidenceStore
import MatrixModel

/// A run as JUnit XML: one suite per guest, one test case per cell.
///
/// A cell that fails as documented is skipped with its reason, because the failure is expected.
struct JUnitReport {
    let document: RunDocument

    private enum Outcome: Hashable { case passed, failed, broken, skipped }

    func render() -> [UInt8] {
        var xml = Markup()
        xml.literal("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        let cells = document.cells
        xml.open("testsuites", [
            "name": "kmatrix \(document.run.id)", "tests": "\(cells.count)", "failures": count(cells, .failed), "errors": count(cells, .broken),
            "skipped": count(cells, .skipped), "time": time(cells),
        ])
        xml.lineBreak()
        var guests: [String] = []
        let byGuest = Dictionary(grouping: cells) { $0.guest }
        for cell in cells where guests.last != cell.guest { guests.append(cell.guest) }
        for guest in guests { suite(guest, byGuest[guest] ?? [], into: &xml) }
        xml.close("testsuites")
        xml.lineBreak()
        return xml.bytes
    }

    private func suite(_ guest: String, _ cells: [CellRecord], into xml: inout Markup) {
        xml.open("testsuite", [
            "name": guest, "tests": "\(cells.count)", "failures": count(cells, .failed), "errors": count(cells, .broken),
            "skipped": count(cells, .skipped), "time": time(cells), "timestamp": Timestamp(document.run.started)?.text,
        ])
        xml.lineBreak()
        for cell in cells { testcase(cell, into: &xml) }
        xml.close("testsuite")
        xml.lineBreak()
    }

    private func testcase(_ cell: CellRecord, into xml: inout Markup) {
        let time = Figure.text(cell.seconds[.total] ?? 0)
        xml.element("testcase", ["classname": "kmatrix.\(cell.guest)", "name": cell.id, "time": time]) { xml in
            let type = cell.cause?.rawValue ?? cell.verdict.rawValue
            let detail = cell.findings.map { "\($0.source): \(VisibleText.line($0.quote))" }.joined(separator: "\n")
            switch Self.outcome(cell) {
            case .passed: break
            case .failed: xml.element("failure", ["type": type, "message": cell.summary], detail)
            case .broken: xml.element("error", ["type": type, "message": cell.summary], detail)
            case .skipped: xml.element("skipped", ["message": "\(cell.documentedNote ?? cell.verdict.words): \(type): \(cell.summary)"], "")
            }
            if let evidence = cell.evidence { xml.element("system-out", "evidence: \(evidence)") }
        }
        xml.lineBreak()
    }

    private static func outcome(_ cell: CellRecord) -> Outcome {
        switch cell.verdict {
        case .compatible: .passed
        case .degraded, .incompatible: cell.expectation == .unsupported ? .skipped : .failed
        case .inconclusive: .broken
        case .unavailable, .notRun: .skipped
        }
    }

    private func count(_ cells: [CellRecord], _ outcome: Outcome) -> String { "\(cells.count { Self.outcome($0) == outcome })" }

    private func time(_ cells: [CellRecord]) -> String { Figure.text(cells.reduce(0) { $0 + Figure.seconds($1.seconds[.total] ?? 0) }) }
}
