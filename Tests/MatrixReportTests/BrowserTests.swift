import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixReport

/// The site in a real browser: what only a browser can tell.
@Suite("The site in Chromium", .serialized)
struct BrowserTests {
    static let hasBrowser = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/chromium")
    }

    @Test(
        "filters, searches, follows links and keys, is dark, fits a phone, shuts nobody out and runs nothing of a guest's",
        .enabled(if: hasBrowser && TestPython.path != nil, "needs chromium, and KMATRIX_TEST_PYTHON, which ci/test sets"))
    func site() async throws {
        let hostile = try ReportSamples.record("6.12.1-1", .unified, cause: .verifierRejected, guest: "debian-13", summary: ReportFormatTests.hostile)
        var reused = try ReportSamples.record("6.6.1-1", .unified)
        reused.reused = MeasuringRun(run: "night-7", started: "2025-12-31T00:00:00Z")
        var claims = [try DistributionSamples.claim("readme", .supported), try DistributionSamples.claim("gate", .unsupported)]
        claims[1].title = ReportFormatTests.hostile
        let documented = [
            try DistributionSamples.record("6.12.9-1", .unified, guest: "debian-13", claims: claims),
            try DistributionSamples.record("6.12.9-1", .legacy, cause: .attachNoCgroup2, guest: "debian-13", claims: claims),
        ]
        let sample = try StoredSample(try ReportSamples.cells() + [hostile, reused] + documented)
        let attack = Array("</pre><script>window.pwned=1</script><img src=x onerror=pwned=1>\u{1B}[31m\u{202E}".utf8) + [0xFF, 0x00]
        for file in EvidenceFile.allCases where file != .verdict { try sample.folder(of: hostile).write(attack, to: file) }
        let before = try StoredSample(
            [try ReportSamples.record("6.1.176-1", .unified, cause: .loadFailed)], run: ReportSamples.run("old", started: "2025-01-01T00:00:00Z"))
        let site = sample.place.appending("site")
        try await sample.report(earlier: [try before.read()]).writeSite(to: site)
        let large = try StoredSample([], planned: try Self.manyCells())
        let largeSite = large.place.appending("site")
        try await large.report().writeSite(to: largeSite)
        let proven = try StoredSample(try ReportSamples.provenCells())
        let provenSite = proven.place.appending("site")
        try await proven.report().writeSite(to: provenSite)
        let script = Repository.root.appending(path: "Tests/MatrixReportTests/Browser/site_check.py")
        let said = try TestPython.run([script.path, site.string, largeSite.string, provenSite.string])
        let results = try #require(try? JSONDecoder().decode([String: String].self, from: Data(said.output.utf8)), "\(said.output)")
        // The folders go with the samples.
        withExtendedLifetime((sample, before, large, proven)) {}
        #expect(results.count >= 19)
        for (name, trouble) in results.sorted(by: { $0.key < $1.key }) { #expect(trouble.isEmpty, "\(name): \(trouble)") }
    }

    /// Enough rows for parts that nobody sees at first: kernels, each alone and under a distribution.
    private static func manyCells() throws -> [CellRecord] {
        let judgement = Judgement(verdict: .notRun, cause: nil, summary: "not yet")
        return try (0..<150).flatMap { number in
            try ["micro", "debian-13"].map { guest in
                let cell = Cell(guest: guest, kernel: try ReportSamples.kernel("6.\(number / 10).\(number % 10)-1"), cgroup: .unified)
                return CellRecord(cell: cell, judgement: judgement, evidence: nil, seconds: [:], attempts: 0)
            }
        }
    }
}
