import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// Parts and their merge as they are started.
    @Suite("The merge command")
    struct MergeCommandTests {
        let bench: StandInRun

        init() throws { bench = try StandInRun() }

        private func path(_ name: String) -> String { bench.folder.appending(name).string }

        private func part(_ index: Int, of count: Int = 2) async throws -> RunDocument {
            try await bench.run(["--shard", "\(index)/\(count)", "--out", path("part-\(index)")])
        }

        @Test("joins the parts of a run into what the whole run is, for every other command")
        func whole() async throws {
            let parts = [try await part(1), try await part(2)]
            #expect(bench.started == 3)
            #expect(parts.allSatisfy { !$0.cells.isEmpty } && parts.map(\.run.shard?.description) == ["1/2", "2/2"])
            let said = try await bench.kmatrix(["merge", path("merged"), path("part-2"), path("part-1"), "--record", "--history", path("history.sqlite")])
            #expect(said.code == 0 && said.stderr.isEmpty, "\(said.stderr)")
            #expect(said.stdout.contains("3 cells of 2 runs (3 compatible)"))
            let whole = try await bench.run(["--out", path("whole")])
            #expect(try StoredRun.intact(at: FilePath(path("merged"))).document.cells.map(\.id) == whole.cells.map(\.id))
            #expect(try await bench.kmatrix(["diff", path("merged"), path("whole"), "--exit-code"]).code == 0)
            #expect(try await bench.kmatrix(["report", path("merged")]).stdout.contains("3 compatible"))
            #expect(try await bench.kmatrix(["history", "--history", path("history.sqlite")]).stdout.contains("-merged-"))
            // Merged again, to the byte.
            let before = try RunFiles.all(FilePath(path("merged")))
            #expect(try await bench.kmatrix(["merge", path("merged"), path("part-1"), path("part-2")]).code == 0)
            #expect(try RunFiles.all(FilePath(path("merged"))) == before)
        }

        @Test("says which cells a missing part had, with code 3")
        func missing() async throws {
            let one = try await part(1)
            let said = try await bench.kmatrix(["merge", path("merged"), path("part-1"), "--format", "json"])
            #expect(said.code == 3)
            #expect(said.stderr.contains("part 2 of 2 is missing"))
            struct Merge: Decodable { let missing: [String] }
            let missing = try JSONDecoder().decode(Merge.self, from: Data(said.stdout.utf8)).missing
            #expect(missing.count + one.cells.count == 3 && Set(missing).isDisjoint(with: one.cells.map(\.id)))
        }

        @Test("tells both sides of a conflict, with code 1")
        func conflict() async throws {
            var document = try await bench.run(["--out", path("a")], layouts: ["unified"])
            let folder = try RunFolder.create(at: FilePath(path("b")))
            (document.run.id, document.run.planned) = ("other", nil)
            document.cells[0].verdict = .incompatible
            document.cells[0].cause = .verifierRejected
            document.cells[0].fault = .kernel
            document.cells[0].proofs = []
            try folder.seal(document.run, document.cells)
            let said = try await bench.kmatrix(["merge", path("merged"), path("a"), path("b")])
            #expect(said.code == 1)
            #expect(
                said.stdout.contains("conflict: micro/6.1.0-fake/custom/unified") && said.stdout.contains("incompatible verifier-rejected in run other"),
                "\(said.stdout)")
        }

        @Test("refuses what is damaged, with code 2, and writes nothing", arguments: ["edited", "half-written", "no run"])
        func damaged(kind: String) async throws {
            let document = try await part(1)
            let verdict = FilePath(try #require(document.cells.first?.evidence)).appending("verdict.json").string
            switch kind {
            case "edited":
                try String(contentsOfFile: verdict, encoding: .utf8).replacing("compatible", with: "degraded").write(
                    toFile: verdict, atomically: true, encoding: .utf8)
            case "half-written": #expect(truncate(verdict, 20) == 0)
            default: try FileManager.default.removeItem(atPath: path("part-1") + "/run.json")
            }
            let said = try await bench.kmatrix(["merge", path("merged"), path("part-1")])
            #expect(said.code == 2)
            #expect(said.stderr.contains(kind == "no run" ? "run.json" : "verdict.json"), "\(said.stderr)")
            #expect(!FileManager.default.fileExists(atPath: path("merged")))
        }

        @Test("a plan shows the part that a run would have, and how long it takes")
        func plan() async throws {
            struct Plan: Decodable {
                struct Cell: Decodable {
                    let id: String
                    let guest: String
                    let architecture: String
                    let agent: String?
                }
                let cells: [Cell]
                let estimated_seconds: Int
            }
            try "{\"schema\": 1, \"cells\": {\"micro/6.1/custom/hybrid\": 600}, \"guests\": {\"micro\": 2}}".write(
                toFile: path("costs.json"), atomically: true, encoding: .utf8)
            let axes = ["plan", "--kernel", bench.kernel.string] + StandInRun.layouts.flatMap { ["--cgroup", $0] } + ["--format", "json"]
            var plans: [Plan] = []
            for shard in [["--shard", "1/2"], ["--shard", "2/2"], []] {
                let said = try await bench.kmatrix(axes + shard + ["--costs", path("costs.json")])
                #expect(said.code == 0, "\(said.stderr)")
                plans.append(try JSONDecoder().decode(Plan.self, from: Data(said.stdout.utf8)))
            }
            // The long one alone, the others together; the kernel is prepared in each part.
            #expect(
                plans.map { $0.cells.map(\.id) } == [
                    ["micro/6.1.0-fake/custom/hybrid"], ["micro/6.1.0-fake/custom/unified", "micro/6.1.0-fake/custom/legacy"], plans[2].cells.map(\.id),
                ])
            #expect(plans.map(\.estimated_seconds) == [610, 14, 614] && plans[2].cells.count == 3)
            #expect(plans[2].cells.allSatisfy { $0.guest == "micro" && $0.architecture == Architecture.host.rawValue && $0.agent == nil })
            let ran = try await bench.run(["--shard", "1/2", "--costs", path("costs.json"), "--out", path("out")])
            #expect(ran.cells.map(\.id) == plans[0].cells.map(\.id))
        }

        @Test(
            "what makes no sense is refused with code 2 and a hint",
            arguments: [
                (["--shard", "0/2"], "is not a shard"), (["--shard", "3/2"], "2/3"), (["--costs", "/dev/null"], "history costs"),
                (["--costs", "COSTS"], "impossible cell time"),
            ])
        func usage(options: [String], hint: String) async throws {
            try "{\"schema\": 1, \"cells\": {\"a\": -5}, \"guests\": {}}".write(toFile: path("costs.json"), atomically: true, encoding: .utf8)
            let said = try await bench.kmatrix(bench.arguments(options.map { $0 == "COSTS" ? path("costs.json") : $0 } + ["--out", path("out")]))
            #expect(said.code == 2)
            #expect(said.stderr.contains(hint), "\(said.stderr)")
            #expect(!FileManager.default.fileExists(atPath: path("out")))
        }
    }
}
