import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

/// `kmatrix report` as it is started.
@Suite("The report command")
struct ReportCommandTests {
    private func run(in folder: TemporaryFolder, _ verdicts: [(CgroupLayout, Cause?)]) throws -> FilePath {
        let run = try RunFolder.create(at: folder.path.appending("run"))
        try run.save(RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0"))
        let kernel = KernelIdentity(version: try KernelVersion(parsing: "6.1.176-1"), flavour: .cloud, release: "r", origin: "debian/x")
        for (layout, cause) in verdicts {
            let cell = Cell(kernel: kernel, cgroup: layout)
            let judgement = cause.map { Judgement(cause: $0, summary: "why") } ?? Judgement(verdict: .compatible, cause: nil, summary: "fine")
            let place = try run.cell(cell.id)
            try place.save(CellRecord(cell: cell, judgement: judgement, evidence: place.path.string, seconds: [:], attempts: 1), to: .verdict)
            try place.write(Array("{}\n".utf8), to: .fabricJournal)
        }
        return run.path
    }

    @Test("prints a table of a stored run, and warns of what it cannot believe")
    func table() async throws {
        let folder = try TemporaryFolder()
        let path = try run(in: folder, [(.unified, nil), (.legacy, .attachNoCgroup2)])
        try DurableFile.makeFolder(path.appending("cells/notes"))
        let said = try await CommandLineTests.kmatrix(["report", path.string])
        #expect(said.code == 0, "\(said.stderr)")
        #expect(said.stdout.contains("✔ compatible") && said.stdout.contains("attach-failed/no-cgroup2"))
        #expect(said.stderr.contains("warning: cells/notes"))
    }

    @Test("a cell that could never run is in the report of its run")
    func unavailable() async throws {
        let products = try CommandLineTests.emptyProducts()
        let folder = try TemporaryFolder()
        let image = folder.path.appending("vmlinuz")
        try DurableFile.write(Array("hello".utf8), to: image)
        let out = folder.path.appending("out")
        let ran = try await CommandLineTests.kmatrix(
            ["run", "--kernel", image.string, "--cgroup", "unified", "--format", "json", "--out", out.string],
            environment: ["KMATRIX_PRODUCTS": products.path.string])
        let reported = try await CommandLineTests.kmatrix(["report", out.string, "--format", "json"])
        #expect(reported.code == 0, "\(reported.stderr)")
        let document = try JSONDecoder().decode(RunDocument.self, from: Data(reported.stdout.utf8))
        #expect(document.cells.map(\.cause) == [.notABootableKernel])
        #expect(try document == JSONDecoder().decode(RunDocument.self, from: Data(ran.stdout.utf8)))
    }

    @Test("writes a site, and a file in place of an older one")
    func out() async throws {
        let folder = try TemporaryFolder()
        let path = try run(in: folder, [(.unified, nil)])
        let site = folder.path.appending("deep/site")
        #expect(try await CommandLineTests.kmatrix(["report", path.string, "--format", "html", "--out", site.string]).code == 0)
        #expect(FileManager.default.fileExists(atPath: site.appending("cells/micro_6.1.176-1_cloud-amd64_unified.html").string))
        let file = folder.path.appending("badge.svg")
        try DurableFile.write([1], to: file)
        #expect(try await CommandLineTests.kmatrix(["report", path.string, "--format", "badge", "--out", file.string]).code == 0)
        #expect(try String(contentsOfFile: file.string, encoding: .utf8).contains("1 of 1 compatible"))
    }

    @Test(
        "what cannot be reported is refused with code 2 and a hint",
        arguments: [
            (["report"], "<run>"), (["report", "RUN", "--format", "html"], "--out"), (["report", "RUN", "--format", "pdf"], "markdown"),
            (["report", "/nonexistent"], "run.json"), (["report", "RUN", "--format", "html", "--out", "/etc"], "not a kmatrix site"),
            (["report", "RUN", "--out", "/dev/null/x"], "--out"),
        ])
    func refused(arguments: [String], hint: String) async throws {
        let folder = try TemporaryFolder()
        let path = try run(in: folder, [(.unified, nil)])
        let said = try await CommandLineTests.kmatrix(arguments.map { $0 == "RUN" ? path.string : $0 })
        #expect(said.code == 2)
        #expect(said.stderr.contains(hint), "\(said.stderr)")
    }
}
