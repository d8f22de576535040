import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// Verdicts taken over from earlier runs.
    @Suite("A reused verdict")
    struct ReuseTests {
        let bench: StandInRun

        init() throws { bench = try StandInRun() }

        private func path(_ name: String) -> String { bench.folder.appending(name).string }

        @Test("is taken where nothing changed, says from which run, and has its evidence")
        func unchanged() async throws {
            let first = try await bench.run(["--out", path("first")])
            #expect(first.cells.allSatisfy { $0.inputs?.count == 64 && $0.reused == nil })
            #expect(Set(first.cells.map(\.inputs)).count == 3)
            // What was reused once is still the first run's.
            for name in ["second", "third"] {
                let next = try await bench.run(["--reuse", "--out", path(name)])
                #expect(bench.started == 3)
                #expect(next.cells.map(\.inputs) == first.cells.map(\.inputs))
                #expect(next.cells.allSatisfy { $0.reused == MeasuringRun(run: first.run.id, started: first.run.started) && $0.verdict == .compatible })
                let stored = try StoredRun.intact(at: FilePath(path(name)))
                #expect(stored.document == next)
                #expect(
                    next.cells.allSatisfy {
                        FileManager.default.fileExists(atPath: ($0.evidence ?? "") + "/clients.json") && $0.evidence?.hasPrefix(path(name)) == true
                    })
            }
            #expect(try await bench.kmatrix(["report", path("third")]).stdout.contains("3 reused from earlier runs"))
            #expect(try await bench.kmatrix(["history", "costs", "--history", path("history.sqlite"), "--format", "json"]).code == 0)
        }

        @Test("is not taken unless asked for")
        func unasked() async throws {
            try await bench.run(["--out", path("first")])
            try await bench.run(["--out", path("second")])
            #expect(bench.started == 6)
        }

        @Test(
            "is not taken when anything the cell is made of changed",
            arguments: ["azure-proxy-agent", "guest-runner", "guest-network", "bpf/connect4.bpf.o", "scenarios/normal.yml", "kernel"])
        func changed(what: String) async throws {
            try await bench.run(["--out", path("first")])
            let file = what == "kernel" ? bench.kernel : bench.products.path.appending(what)
            let handle = try FileHandle(forWritingTo: URL(filePath: file.string))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("\n".utf8))
            try handle.close()
            let second = try await bench.run(["--reuse", "--out", path("second")])
            #expect(bench.started == 6)
            #expect(second.cells.allSatisfy { $0.reused == nil })
        }

        @Test(
            "is not taken from a verdict that needed a retry, proved nothing, was edited, or whose folder is gone",
            arguments: ["retried", "inconclusive", "edited", "gone"])
        func unfit(kind: String) async throws {
            let layouts = ["unified", "legacy"]
            let first = try await bench.run(["--out", path("first")], layouts: layouts)
            let place = FilePath(path("first"))
            switch kind {
            case "retried", "inconclusive":
                var document = first
                for index in document.cells.indices {
                    document.cells[index].attempts = 2
                    if kind == "inconclusive" {
                        document.cells[index].attempts = 1
                        document.cells[index].verdict = .inconclusive
                        document.cells[index].cause = .timeout
                        document.cells[index].fault = .harness
                        document.cells[index].proofs = []
                    }
                    try RunFolder(path: place).cell(CellID(stored: document.cells[index].id)).save(document.cells[index], to: .verdict)
                }
                try RunFolder(path: place).seal(document.run, document.cells)
                #expect(try await bench.kmatrix(["history", "import", path("first"), "--history", path("history.sqlite")]).stdout.contains("updated"))
            case "edited":
                let file = place.appending("cells/micro_6.1.0-fake_custom_legacy/verdict.json").string
                try (String(contentsOfFile: file, encoding: .utf8) + " ").write(toFile: file, atomically: true, encoding: .utf8)
            default: try FileManager.default.removeItem(atPath: place.string)
            }
            let second = try await bench.run(["--reuse", "--out", path("second")], layouts: layouts)
            #expect(bench.started == 4)
            #expect(second.cells.allSatisfy { $0.reused == nil && $0.verdict == .compatible })
        }
    }
}
