import EvidenceStore
import MatrixModel

/// A run as JUnit XML: one suite per cell with one test case per proof. Cells without proofs share a suite per guest, one test case each.
///
/// A failure that is documented or a known defect is skipped with its reason, because it is expected.
struct JUnitReport {
    let document: RunDocument

    private enum Outcome: Hashable { case passed, failed, broken, skipped }

    private struct Case {
        let className: String
        let name: String
        let seconds: Double
        let outcome: Outcome
        /// A cause's code, or a state or verdict where there is none.
        var type = ""
        var message = ""
        var detail = ""
        var output: String?
    }

    private struct Suite {
        let name: String
        let cases: [Case]
        var properties: [(String, String)] = []
        /// Seconds of a suite whose cases have none of their own.
        var seconds: Double?
    }

    func render() -> [UInt8] {
        let suites = self.suites
        let cases = suites.flatMap(\.cases)
        var xml = Markup()
        xml.literal("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        xml.open(
            "testsuites",
            [
                "name": "kmatrix \(document.run.id)", "tests": "\(cases.count)", "failures": count(cases, .failed), "errors": count(cases, .broken),
                "skipped": count(cases, .skipped), "time": Figure.text(suites.reduce(0) { $0 + Self.seconds($1) }),
            ])
        xml.lineBreak()
        for suite in suites { write(suite, into: &xml) }
        xml.close("testsuites")
        xml.lineBreak()
        return xml.bytes
    }

    // MARK: - Suites

    private var suites: [Suite] {
        var guests: [String] = []
        for cell in document.cells where guests.last != cell.guest { guests.append(cell.guest) }
        let byGuest = Dictionary(grouping: document.cells) { $0.guest }
        return guests.flatMap { guest -> [Suite] in
            let cells = byGuest[guest] ?? []
            let plain = cells.filter(\.proofs.isEmpty).map(Self.case)
            return (plain.isEmpty ? [] : [Suite(name: guest, cases: plain)]) + cells.filter { !$0.proofs.isEmpty }.map(Self.suite)
        }
    }

    private static func suite(_ cell: CellRecord) -> Suite {
        var properties = [("verdict", cell.verdict.rawValue), ("documented", cell.expectation.rawValue)]
        if let cause = cell.cause { properties.append(("cause", cause.rawValue)) }
        if let tier = cell.tierInWords { properties.append(("proof-tier", tier)) }
        if let evidence = cell.evidence { properties.append(("evidence", evidence)) }
        return Suite(
            name: cell.id, cases: cell.proofs.sorted { $0.id < $1.id }.map { Self.case($0, of: cell) }, properties: properties,
            seconds: Figure.seconds(cell.seconds[.total] ?? 0))
    }

    private static func `case`(_ cell: CellRecord) -> Case {
        let type = cell.cause?.rawValue ?? cell.verdict.rawValue
        let outcome = outcome(cell)
        return Case(
            className: "kmatrix.\(cell.guest)", name: cell.id, seconds: Figure.seconds(cell.seconds[.total] ?? 0), outcome: outcome, type: type,
            message: outcome == .skipped ? "\(cell.documentedNote ?? cell.verdict.words): \(type): \(cell.summary)" : cell.summary,
            detail: detail(cell.findings),
            output: cell.evidence.map { "evidence: \($0)" })
    }

    private static func `case`(_ proof: ProofResult, of cell: CellRecord) -> Case {
        let outcome: Outcome
        var message = proof.summary
        switch proof.state {
        case .pass: outcome = .passed
        case .unproven: outcome = .broken
        case .notReached, .notApplicable:
            outcome = .skipped
            message = "\(proof.stateInWords): \(proof.summary)"
        case .fail:
            if let known = proof.knownDefect {
                outcome = .skipped
                message = "known defect until \(known.until): \(known.reason) (\(known.reference)): \(proof.summary)"
            } else if cell.expectation == .unsupported {
                outcome = .skipped
                message = "as documented: \(proof.summary)"
            } else {
                outcome = .failed
            }
        }
        return Case(
            className: cell.id, name: proof.id.rawValue, seconds: 0, outcome: outcome, type: proof.cause?.rawValue ?? proof.state.rawValue, message: message,
            detail: detail(proof.findings))
    }

    private static func detail(_ findings: [Finding]) -> String {
        findings.map { "\($0.source): \(VisibleText.line($0.quote))" }.joined(separator: "\n")
    }

    private static func outcome(_ cell: CellRecord) -> Outcome {
        switch cell.verdict {
        case .compatible: .passed
        case .degraded, .incompatible: cell.expectation == .unsupported ? .skipped : .failed
        case .inconclusive: .broken
        case .unavailable, .notRun: .skipped
        }
    }

    // MARK: - XML

    private func write(_ suite: Suite, into xml: inout Markup) {
        xml.open(
            "testsuite",
            [
                "name": suite.name, "tests": "\(suite.cases.count)", "failures": count(suite.cases, .failed), "errors": count(suite.cases, .broken),
                "skipped": count(suite.cases, .skipped), "time": Figure.text(Self.seconds(suite)), "timestamp": Timestamp(document.run.started)?.text,
            ])
        xml.lineBreak()
        if !suite.properties.isEmpty {
            xml.element("properties") { xml in for (name, value) in suite.properties { xml.element("property", ["name": name, "value": value], "") } }
            xml.lineBreak()
        }
        for testCase in suite.cases { write(testCase, into: &xml) }
        xml.close("testsuite")
        xml.lineBreak()
    }

    private func write(_ testCase: Case, into xml: inout Markup) {
        xml.element("testcase", ["classname": testCase.className, "name": testCase.name, "time": Figure.text(testCase.seconds)]) { xml in
            switch testCase.outcome {
            case .passed: break
            case .failed: xml.element("failure", ["type": testCase.type, "message": testCase.message], testCase.detail)
            case .broken: xml.element("error", ["type": testCase.type, "message": testCase.message], testCase.detail)
            case .skipped: xml.element("skipped", ["message": testCase.message], "")
            }
            if let output = testCase.output { xml.element("system-out", output) }
        }
        xml.lineBreak()
    }

    private func count(_ cases: [Case], _ outcome: Outcome) -> String { "\(cases.count { $0.outcome == outcome })" }

    private static func seconds(_ suite: Suite) -> Double { suite.seconds ?? suite.cases.reduce(0) { $0 + $1.seconds } }
}
