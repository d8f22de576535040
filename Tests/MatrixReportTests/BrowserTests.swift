import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
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
        let sample = try StoredSample(try ReportSamples.cells() + [hostile])
        let attack = Array("</pre><script>window.pwned=1</script><img src=x onerror=pwned=1>\u{1B}[31m\u{202E}".utf8) + [0xFF, 0x00]
        for file in EvidenceFile.allCases where file != .verdict { try sample.folder(of: hostile).write(attack, to: file) }
        let before = try StoredSample([try ReportSamples.record("6.1.176-1", .unified, cause: .loadFailed)], run: ReportSamples.run("old", started: "2025-01-01T00:00:00Z"))
        let site = sample.place.appending("site")
        try await sample.report(earlier: [try before.read()]).writeSite(to: site)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/site_check.py")
        let said = try TestPython.run([script.path, site.string])
        let results = try #require(try? JSONDecoder().decode([String: String].self, from: Data(said.output.utf8)), "\(said.output)")
        // The folder goes with the sample.
        withExtendedLifetime((sample, before)) {}
        #expect(results.count >= 10)
        for (name, trouble) in results.sorted(by: { $0.key < $1.key }) { #expect(trouble.isEmpty, "\(name): \(trouble)") }
    }
}
