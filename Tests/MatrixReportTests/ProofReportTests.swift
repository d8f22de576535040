import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import Testing

@testable import MatrixReport

/// Proofs in every report. Records without proofs are covered by the other suites.
@Suite("Reports of proofs")
struct ProofReportTests {
    private func snapshot(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Snapshots/\(name)", withExtension: nil))
        return try String(contentsOf: url, encoding: .utf8)
    }

    @Test("the table shows passed of applicable proofs, and what failed")
    func table() throws {
        #expect(try MatrixTable(ReportSamples.provenDocument(), style: .plain).render() == snapshot("table-proofs.txt"))
    }

    @Test("a tally names two proofs and counts the rest; what was not reached is a consequence and not named")
    func tally() throws {
        #expect(ProofTally([]) == nil)
        #expect(ProofTally([ReportSamples.proof(.load), ReportSamples.proof(.provisioned, .notApplicable)])?.words == "1/1")
        let failed = [ProofID.burst, .dualStack, .signed, .attach].map { ReportSamples.proof($0, .fail, cause: .attachOther) }
        #expect(ProofTally(failed + [ReportSamples.proof(.keyLatched, .notReached, blockedBy: .attach)])?.words == "0/5 attach, signed +2")
        let known = ReportSamples.proof(.identityUserNotGroup, .fail, cause: .misattributed, known: try ReportSamples.knownDefect())
        #expect(ProofTally([known])?.words == "0/1 identity/uid-not-gid (known)")
    }

    @Test("Markdown has the tally in its table, a table of proofs, and what was seen")
    func markdown() throws {
        let text = MarkdownReport(document: try ReportSamples.provenDocument(), troubles: [], changes: nil).render()
        #expect(text.contains("| 5.10.223-1 cloud-amd64 | ✔ 4/4 | . not run | ✘ 1/4 attach |"))
        #expect(text.contains("| identity/uid-not-gid | 0 | 0 | 2 | 0 | 0 | 0 |") && text.contains("| attach | 4 | 1 | 0 | 0 | 0 | 0 |"))
        #expect(
            text.contains(
                "  - identity/uid-not-gid failed: identity/uid-not-gid: this was seen. Known defect until 2027-01-31: root is taken from the group id"))
        #expect(text.contains("| 6.12.1-1 cloud-amd64 | ✔ compatible |"))
    }

    @Test("JUnit has a case per proof: a known defect and what was not reached are skipped, and only the rest fails")
    func junit() throws {
        let bytes = JUnitReport(document: try ReportSamples.provenDocument()).render()
        let text = String(decoding: bytes, as: UTF8.self)
        let elements = try ElementCollector.elements(of: bytes)
        let proofs = try ReportSamples.provenCells().flatMap(\.proofs).count
        #expect(elements.count { $0.name == "testcase" } == proofs + 1)
        #expect(elements.count { $0.name == "testsuite" } == 6)
        // dual-stack on 6.1 fails; burst is unproven; attach on legacy is as documented.
        #expect(elements.count { $0.name == "failure" } == 1 && elements.count { $0.name == "error" } == 1)
        #expect(
            text.contains(
                "<skipped message=\"known defect until 2027-01-31: root is taken from the group id (https://example.org/issues/7): identity/uid-not-gid"))
        #expect(text.contains("<skipped message=\"not reached, blocked by attach: key-latched") && text.contains("<skipped message=\"as documented: attach"))
        #expect(text.contains("<failure type=\"dual-stack-not-redirected\""))
        let suites = elements.filter { $0.name == "testsuite" }
        func sum(_ name: String) -> Int { suites.compactMap { $0.attributes[name].flatMap { Int($0) } }.reduce(0, +) }
        let all = try #require(elements.first { $0.name == "testsuites" }?.attributes)
        for name in ["tests", "failures", "errors", "skipped"] { #expect(all[name] == "\(sum(name))", "\(name)") }
    }

    @Test("KCIDB gets a test per proof below its cell's, with the cause of a failure as an incident")
    func kcidb() throws {
        let sample = try StoredSample(try ReportSamples.provenCells())
        let report = try #require(try sample.report().render(.kcidb))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report)) as? [String: Any])
        let tests = try #require(object["tests"] as? [[String: Any]])
        let cells = try ReportSamples.provenCells()
        #expect(tests.count == cells.count + cells.flatMap(\.proofs).count)
        let paths = tests.compactMap { $0["path"] as? String }
        #expect(paths.contains("azure_proxy_agent.micro.unified.identity_uid-not-gid") && paths.contains("azure_proxy_agent.debian-12.unified.burst"))
        let states = Dictionary(grouping: tests.filter { ($0["misc"] as? [String: String])?["proof"] != nil }) {
            ($0["misc"] as? [String: String])?["state"] ?? ""
        }
        let expected = ["pass": "PASS", "fail": "FAIL", "not-reached": "MISS", "not-applicable": "SKIP", "unproven": "ERROR"]
        for (state, tests) in states { #expect(Set(tests.compactMap { $0["status"] as? String }) == [expected[state] ?? ""], "\(state)") }
        #expect(Set(states.keys) == Set(expected.keys))
        #expect(Set(tests.compactMap { $0["id"] as? String }).count == tests.count)
        #expect((object["incidents"] as? [Any])?.count == tests.count { ($0["misc"] as? [String: String])?["cause"] != nil })
    }

    @Test("KCIDB's own package and the schema of JSON lines take reports with proofs", MachineFormatTests.withPython)
    func valid() throws {
        var hostile = try ReportSamples.provenCells()
        hostile[0].proofs.append(ReportSamples.proof(ProofID(rawValue: ReportFormatTests.hostile)))
        hostile[0].proofs.append(ReportSamples.proof(ProofID(rawValue: ReportFormatTests.hostile)))
        let sample = try StoredSample(hostile)
        try MachineFormatTests.expectValidKCIDB(try #require(try sample.report().render(.kcidb)))
        let lines = try #require(try sample.report().render(.jsonl))
        let schema = try MachineFormatTests.expectValidLines(lines, in: sample)
        for (from, to) in [("\"state\":\"fail\"", "\"state\":\"broken\""), ("\"until\":\"2027-01-31\"", "\"until\":\"soon\""), ("\"blocked_by\":", "\"by\":")] {
            let forged = String(decoding: lines, as: UTF8.self).replacing(from, with: to)
            #expect(try !TestPython.run(["-c", MachineFormatTests.validation, schema.string], input: Array(forged.utf8)).output.isEmpty, "\(to) passes")
        }
    }

    @Test("a later kmatrix's proof is shown as it is, and hostile names stay text")
    func unknownProofs() throws {
        let cell = try ReportSamples.proven("6.1.176-1", .unified, [ReportSamples.proof(ProofID(rawValue: ReportFormatTests.hostile), .fail, cause: .timeout)])
        let document = RunDocument(run: ReportSamples.run(), cells: [cell])
        let table = MatrixTable(document, style: .plain).render()
        #expect(table.contains("✘ 0/1 <script>") && table.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
        let markdown = MarkdownReport(document: document, troubles: [], changes: nil).render()
        #expect(!markdown.contains("<script") && !markdown.contains("http://") && !markdown.contains("](") && !markdown.contains("\n# heading"))
        #expect(try !ElementCollector.elements(of: JUnitReport(document: document).render()).contains { $0.name == "script" })
    }

    @Test("names of pages are safe and differ")
    func pageNames() {
        #expect(ProofID.identityUserNotGroup.pageName == "identity-uid-not-gid")
        #expect(Set(ProofID.known.map(\.pageName)).count == ProofID.known.count)
        let strange = ["../x", "..-x", "identity-uid-not-gid", ReportFormatTests.hostile, ""].map { ProofID(rawValue: $0).pageName }
        #expect(Set(strange + ["identity-uid-not-gid"]).count == strange.count + 1)
        #expect(strange.allSatisfy { $0.utf8.count < 128 && !$0.contains("/") && !$0.contains(".") })
    }

    @Test("the grid has a row per series or distribution and layout, the most fundamental proof first")
    func grid() throws {
        let cells = try ReportSamples.provenCells()
        let series = ProofGrid(cells, by: .series) { _ in true }
        #expect(series.proofs.first == .load && series.proofs == series.proofs.sorted())
        #expect(series.rows.map { "\($0.name) \($0.layout.rawValue)" } == ["5.10 unified", "5.10 legacy", "6.1 unified", "6.1 hybrid"])
        // Both guests of 6.1 unified: what failed in one has failed.
        let mixed = try #require(series.rows.first { $0.name == "6.1" && $0.layout == .unified })
        #expect(mixed.cells.count == 2)
        let states = Dictionary(uniqueKeysWithValues: mixed.overview.proofs.map { ($0.id, $0) })
        #expect(states[.load]?.words == "passed" && states[.dualStack]?.words == "failed" && states[.identityUserNotGroup]?.markName == "degraded")
        #expect(states[.provisioned]?.state == .pass)
        #expect(ProofGrid(cells, by: .guest) { _ in true }.rows.map(\.name) == ["micro", "micro", "micro", "debian-12"])
    }

    @Test("an overview counts a failure before what is open, and that before what passed")
    func overview() {
        func state(_ states: [ProofState]) -> ProofOverview.Proof {
            var proof = ProofOverview.Proof(id: .load)
            for state in states { proof.add(ReportSamples.proof(.load, state)) }
            return proof
        }
        #expect(state([.pass, .fail, .unproven]).state == .fail && state([.pass, .unproven, .notReached]).state == .unproven)
        #expect(state([.pass, .notReached]).state == .notReached && state([.pass, .notApplicable]).state == .pass && state([]).state == .notApplicable)
        #expect(state([.pass, .pass, .fail, .notApplicable]).words == "1 of 3 failed" && state([.pass, .pass]).words == "passed")
    }
}
