import MatrixModel
import StrictYAML
import Testing

@testable import KmatrixCommands

@Suite("Expectations")
struct ExpectationsTests {
    static let text = """
        expectations:
          - cells: 'micro/5.10.*/unified/bpf=loop-lookup'
            verdict: incompatible
            cause: verifier-rejected
            reason: bounded loops over maps came with 5.13
            until: 2027-03-31
          - cells: '*/elsewhere'
            verdict: degraded
            reason: under discussion upstream
            until: 2027-01-31
        """

    static func read(_ text: String, today: String = "2026-12-01") throws -> Expectations {
        try Expectations(parsing: text, source: "mine.yml", today: CalendarDay(parsing: today))
    }

    static func assess(_ id: String, _ verdict: Verdict, _ cause: Cause? = nil, documented: DocumentedSupport = .supported) throws
        -> Expectations.Assessment
    {
        try read(text).assessment(of: id, verdict: verdict, cause: cause?.rawValue, documented: documented)
    }

    static let loop = "micro/5.10.1-1/cloud-amd64/unified/bpf=loop-lookup"

    @Test("are read with their places")
    func reading() throws {
        let entries = try Self.read(Self.text).entries
        #expect(entries.map(\.verdict) == [.incompatible, .degraded])
        #expect(entries.map(\.cause) == [.verifierRejected, nil])
        #expect(entries.map(\.place) == ["mine.yml:2", "mine.yml:7"])
    }

    @Test("come before what is documented")
    func precedence() throws {
        #expect(try Self.assess(Self.loop, .incompatible, .verifierRejected) == .asExpected)
        #expect(try Self.assess("micro/6.1.1-1/cloud-amd64/unified", .incompatible, .verifierRejected) == .contradicted)
    }

    @Test("are contradicted by another cause, and by a cell that works again: a note nobody needs hides the next failure")
    func contradiction() throws {
        #expect(try Self.assess(Self.loop, .incompatible, .loadFailed) == .contradicted)
        #expect(try Self.assess(Self.loop, .compatible) == .contradicted)
        #expect(try Self.assess("micro/5.10.1-1/cloud-amd64/elsewhere", .degraded, .identityMissing, documented: .unstated) == .asExpected)
    }

    @Test("are neither met nor contradicted by what proves nothing", arguments: [Verdict.inconclusive, .unavailable, .notRun])
    func unproven(verdict: Verdict) throws { #expect(try Self.assess(Self.loop, verdict) == .unproven) }

    @Test("without an entry leave the documentation's word")
    func documented() throws {
        let id = "micro/6.1.1-1/cloud-amd64/legacy"
        #expect(try Self.assess(id, .incompatible, .attachNoCgroup2, documented: .unsupported) == .asExpected)
        #expect(try Self.assess(id, .degraded, documented: .supported) == .contradicted)
        #expect(try Self.assess(id, .unavailable, .layoutNotOffered) == .asExpected)
        #expect(try Self.assess(id, .unavailable, .fetchFailed) == .unproven)
    }

    @Test("that speak of no cell are found")
    func unused() throws {
        #expect(try Self.read(Self.text).unused(among: [Self.loop]).map(\.cells.text) == ["*/elsewhere"])
    }

    @Test("hold on their last day, and excuse nothing the day after")
    func expiry() throws {
        #expect(try Self.read(Self.text, today: "2027-01-31").entries.count == 2)
        let later = try Self.read(Self.text, today: "2027-02-01")
        #expect(later.entries.map(\.place) == ["mine.yml:2"] && later.expired.map(\.place) == ["mine.yml:7"])
        #expect(later.expired.first?.expiry.contains("mine.yml:7: the expectation for '*/elsewhere' expired on 2027-01-31 (under discussion upstream)") == true)
        let id = "micro/5.10.1-1/cloud-amd64/elsewhere"
        #expect(later.assessment(of: id, verdict: .degraded, cause: nil, documented: .supported) == .contradicted)
        #expect(try Self.read(Self.text, today: "2028-01-01").entries.isEmpty)
    }

    @Test(
        "that are wrong are refused with their line",
        arguments: [
            ("verdict: incompatible", "verdict: broken", 3, "compatible, degraded"), ("cause: verifier-rejected", "cause: moon", 4, "moon"),
            ("until: 2027-03-31", "until: next spring", 6, "2027-03-31"), ("until: 2027-03-31", "until: 2027-02-30", 6, "is not a day"),
            ("reason: bounded loops over maps came with 5.13", "reason: ''", 2, "'reason' is missing"),
            ("    until: 2027-03-31\n", "", 2, "'until' is missing"),
            ("verdict: incompatible", "verdict: compatible", 4, "no cause"), ("    verdict: incompatible\n", "", 2, "'verdict' is missing"),
            ("reason: under", "because: it\n    reason: under", 9, "because"), ("cells: '*/elsewhere'", "cells: ''", 7, "'cells' is missing"),
            ("expectations:", "expected:", 1, "expected"),
        ])
    func wrong(old: String, new: String, line: Int, word: String) throws {
        let error = #expect(throws: YAMLError.self) { try Self.read(Self.text.replacing(old, with: new)) }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.reason.contains(word) == true, "\(error?.description ?? "")")
    }

    @Test("that are no list are refused", arguments: ["expectations: 3", "- a", "", "expectations:\n  - 3", "expectations: [", "{}"])
    func shapes(text: String) { #expect(throws: YAMLError.self) { try Self.read(text) } }
}
