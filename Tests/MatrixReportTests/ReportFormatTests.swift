import EvidenceStore
import Foundation
import FoundationXML
import MatrixModel
import Testing

@testable import MatrixReport

/// Reads XML and keeps its elements.
final class ElementCollector: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []

    static func elements(of bytes: [UInt8]) throws -> [(name: String, attributes: [String: String])] {
        let parser = XMLParser(data: Data(bytes))
        let collector = ElementCollector()
        parser.delegate = collector
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
        return collector.elements
    }

    func parser(_: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String] = [:]) {
        elements.append((name, attributes))
    }
}

@Suite("Reports of one file")
struct ReportFormatTests {
    static let hostile = "<script>window.pwned=1</script> ]]> \u{1B}[2J\u{202E}\u{0}| `x` [a](http://evil) @everyone &amp;\n\n# heading"

    static func hostileDocument() throws -> RunDocument {
        var run = ReportSamples.run(hostile, started: hostile)
        run.warnings = [hostile]
        var cell = try ReportSamples.record("6.1.176-1", .unified, cause: .verifierRejected, summary: hostile)
        cell.subject = .asked(
            AskedCell(
                CellAxes(guest: hostile, cgroup: .unified, agent: hostile), id: CellID(stored: hostile), series: cell.subject.series, flavour: .cloud))
        cell.seconds[.boot] = 1e300
        cell.seconds[.total] = -1e300
        return RunDocument(run: run, cells: [cell])
    }

    private func snapshot(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Snapshots/\(name)", withExtension: nil))
        return try String(contentsOf: url, encoding: .utf8)
    }

    @Test("Markdown reads as it always did")
    func markdown() throws {
        let before = RunDocument(run: ReportSamples.run("20251231T000000Z-z"), cells: [try ReportSamples.record("5.10.223-1", .unified, cause: .loadFailed)])
        let changes = RunStep(from: before, to: try ReportSamples.document())
        #expect(
            try MarkdownReport(document: ReportSamples.document(), troubles: ["cells/notes is no cell's"], changes: changes).render() == snapshot("report.md"))
    }

    @Test("Markdown of hostile text has no markup, link, mention or further line")
    func hostileMarkdown() throws {
        let text = try MarkdownReport(document: Self.hostileDocument(), troubles: [], changes: nil).render()
        #expect(!text.contains("<script"))
        #expect(!text.contains("http://") && !text.contains("@everyone") && !text.contains("](") && !text.contains("\n# heading"))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    }

    @Test("the terminal gets no control characters but our own")
    func hostileTable() throws {
        let text = MatrixTable(try Self.hostileDocument(), style: .plain).render()
        #expect(text.contains("␛[2J"))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    }

    @Test("JUnit reads as it always did")
    func junit() throws {
        let bytes = JUnitReport(document: try ReportSamples.document()).render()
        #expect(try String(decoding: bytes, as: UTF8.self) == snapshot("junit.xml"))
        let cases = try ElementCollector.elements(of: bytes)
        #expect(cases.count { $0.name == "testcase" } == (try ReportSamples.cells().count))
        // The one that is documented as unsupported and does not work is no failure; the one where support is documented is.
        #expect(cases.first { $0.name == "testsuites" }?.attributes["failures"] == "1")
    }

    @Test("every XML stays XML whatever it quotes")
    func hostileXML() throws {
        let document = try Self.hostileDocument()
        let changes = RunStep(from: RunDocument(run: document.run, cells: []), to: document)
        for bytes in [
            JUnitReport(document: document).render(), AtomFeed(run: document.run, changes: [changes]).render(), BadgeImage(cells: document.cells).render(),
            BootTimePlot(cells: document.cells).render(),
        ] {
            #expect(try !ElementCollector.elements(of: bytes).contains { $0.name == "script" })
        }
    }

    @Test("the feed has an entry for each pair of runs, with an identifier that stays")
    func atom() throws {
        let documents = try ["a", "b", "c"].map { RunDocument(run: ReportSamples.run($0), cells: $0 == "b" ? [] : try ReportSamples.cells()) }
        let changes = [RunStep(from: documents[1], to: documents[2]), RunStep(from: documents[0], to: documents[1])]
        let feed = AtomFeed(run: documents[2].run, changes: changes).render()
        let elements = try ElementCollector.elements(of: feed)
        #expect(elements.count { $0.name == "entry" } == 2)
        #expect(elements.count { $0.name == "id" } == 3)
        #expect(feed == AtomFeed(run: documents[2].run, changes: changes).render())
        #expect(AtomFeed.identifier("x") == AtomFeed.identifier("x") && AtomFeed.identifier("x") != AtomFeed.identifier("y"))
        #expect(AtomFeed.identifier("x").wholeMatch(of: /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }

    @Test("the badge is green only when every cell was measured and works")
    func badge() throws {
        func text(_ cells: [CellRecord]) -> String { String(decoding: BadgeImage(cells: cells).render(), as: UTF8.self) }
        let green = "#1a7f37"
        let good = try ReportSamples.record("6.1.176-1", .unified)
        #expect(text([good]).contains(green) && text([good]).contains("1 of 1 compatible"))
        #expect(!text([good, try ReportSamples.record("6.1.176-1", .hybrid, cause: .timeout)]).contains(green))
        #expect(!text([]).contains(green) && text([]).contains("nothing measured"))
    }

    @Test("the plot has a line for each guest and series that was booted")
    func plot() throws {
        let elements = try ElementCollector.elements(of: BootTimePlot(cells: try ReportSamples.cells()).render())
        #expect(elements.count { $0.name == "circle" } == 3)
        #expect(try ElementCollector.elements(of: BootTimePlot(cells: []).render()).contains { $0.name == "svg" })
    }

    @Test("a time is RFC 3339 or none")
    func times() {
        #expect(Timestamp("2026-01-01T00:00:00Z") != nil)
        for text in ["", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00+01", "٢٠٢٦-01-01T00:00:00Z"] {
            #expect(Timestamp(text) == nil, "\(text)")
        }
    }

    @Test("of several runs the last one is reported")
    func latest() throws {
        let old = try StoredSample(
            [try ReportSamples.record("6.1.176-1", .unified, cause: .loadFailed)], run: ReportSamples.run("old", started: "2025-01-01T00:00:00Z"))
        let new = try StoredSample([try ReportSamples.record("6.1.176-1", .unified)], run: ReportSamples.run("new", started: "2026-01-01T00:00:00Z"))
        let report = try #require(PublishedReport([try new.read(), try old.read()], notes: .unwritten))
        let bytes = try #require(try report.render(.markdown))
        let markdown = String(decoding: bytes, as: UTF8.self)
        #expect(markdown.contains("Run new,") && markdown.contains("1 fixed"))
        #expect(PublishedReport([], notes: .unwritten) == nil)
    }
}
