import EvidenceStore
import Foundation
import Glibc
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension CutShortStandInRuns {
    /// Runs that ended before they had ended.
    @Suite("A run taken up again")
    struct ResumeTests {
        let bench: StandInRun
        private var out: FilePath { bench.folder.appending("run") }

        init() throws { bench = try StandInRun() }

        private func expectWhole(_ document: RunDocument, _ layouts: [String] = StandInRun.layouts) throws {
            #expect(document.cells.map(\.cgroup.rawValue) == layouts)
            #expect(document.cells.allSatisfy { $0.verdict == .compatible && $0.attempts == 1 })
            let stored = try StoredRun.intact(at: out)
            #expect(stored.document == document)
            #expect(stored.unfinished.isEmpty && stored.damages.isEmpty)
        }

        @Test("that was whole starts no guest and stays as it is")
        func whole() async throws {
            let before = try await bench.run(["--out", out.string])
            let after = try await bench.run(["--resume", out.string])
            #expect(bench.started == 3)
            try expectWhole(after)
            #expect(after.cells == before.cells && after.run.id == before.run.id && after.run.started == before.run.started && after.run.accelerator == "tcg")
        }

        @Test("with a higher proof tier runs again what was proven less, and with a lower one nothing")
        func tiers() async throws {
            // Its clients' requests arrive without an agent, which is a verdict as well.
            func run(_ options: [String]) async throws -> RunDocument {
                let said = try await bench.kmatrix(bench.arguments(["--scenario", "normal-v1", "--retries", "0"] + options))
                return try JSONDecoder().decode(RunDocument.self, from: Data(said.stdout.utf8))
            }
            let before = try await run(["--out", out.string, "--proof", "quick"])
            #expect(before.cells.allSatisfy { $0.tier == .quick && $0.burst == 16 && $0.verdict == .incompatible })
            let more = try await run(["--resume", out.string])
            #expect(bench.started == 4)
            #expect(more.cells.filter { $0.tier == .standard }.map(\.cgroup) == [.unified] && more.cells.first { $0.cgroup == .unified }?.burst == 200)
            #expect(more.run.warnings.contains { $0.contains("its burst had 16 clients, --proof standard sends 200") }, "\(more.run.warnings)")
            let less = try await run(["--resume", out.string, "--proof", "quick"])
            #expect(bench.started == 4 && less.cells == more.cells)
        }

        private static let verdict = "cells/micro_6.1.0-fake_custom_hybrid/verdict.json"

        @Test(
            "whose files were cut off anywhere is whole again, and no finished cell is run twice",
            arguments: [("run.json", 0), ("planned.jsonl", 0), (verdict, 1), ("cells/micro_6.1.0-fake_custom_hybrid/fabric.jsonl", 1)])
        func truncated(file: String, guests: Int) async throws {
            let layouts = ["unified", "hybrid"]
            try await bench.run(["--out", out.string], layouts: layouts)
            let whole = bench.folder.appending("whole")
            try FileManager.default.copyItem(atPath: out.string, toPath: whole.string)
            let size = try #require(FileManager.default.contents(atPath: out.appending(file).string)).count
            // Evidence counts as long as there is some of it: it is the record that says what it showed.
            for length in file.hasSuffix("fabric.jsonl") ? [0] : [0, 1, size / 2, size - 3] {
                // A run that is cut short has no seal.
                try FileManager.default.removeItem(atPath: out.string)
                try FileManager.default.copyItem(atPath: whole.string, toPath: out.string)
                try FileManager.default.removeItem(atPath: out.appending("SHA256SUMS").string)
                #expect(truncate(out.appending(file).string, length) == 0)
                let before = bench.started
                let document = try await bench.run(["--resume", out.string, "--no-history"], layouts: layouts)
                #expect(bench.started - before == guests, "\(file) cut off at \(length) of \(size)")
                try expectWhole(document, layouts)
            }
        }

        @Test("whose seal was cut off, or whose sealed verdict was edited, trusts no more than it can", arguments: ["seal", "edit"])
        func sealed(kind: String) async throws {
            try await bench.run(["--out", out.string])
            let seal = out.appending("SHA256SUMS")
            if kind == "seal" {
                #expect(truncate(seal.string, 200) == 0)
            } else {
                let file = out.appending(Self.verdict).string
                try String(contentsOfFile: file, encoding: .utf8).replacing("\"attempts\" : 1", with: "\"attempts\" : 1 ").write(
                    toFile: file, atomically: true, encoding: .utf8)
            }
            let document = try await bench.run(["--resume", out.string])
            try expectWhole(document)
            #expect(kind == "seal" ? bench.started >= 3 : bench.started == 4)
        }

        @Test("has only its finished cells, and tries again what was not run or could not be had")
        func unfinished() async throws {
            try await bench.run(["--out", out.string])
            let stored = try StoredRun.intact(at: out)
            let folder = RunFolder(path: out)
            for (index, cause) in [(0, nil), (1, Cause.fetchFailed)] as [(Int, Cause?)] {
                var record = stored.document.cells[index]
                record.verdict = cause?.verdict ?? .notRun
                record.cause = cause
                record.fault = cause?.fault
                record.attempts = 0
                try folder.cell(CellID(stored: record.id)).save(record, to: .verdict)
            }
            try FileManager.default.removeItem(atPath: out.appending("SHA256SUMS").string)
            try expectWhole(try await bench.run(["--resume", out.string]))
            #expect(bench.started == 5)
            #expect(FileManager.default.fileExists(atPath: out.appending("cells/micro_6.1.0-fake_custom_unified/interrupted-1/fabric.jsonl").string))
        }

        private func append(to file: FilePath) throws {
            let handle = try FileHandle(forWritingTo: URL(filePath: file.string))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("\n".utf8))
            try handle.close()
        }

        @Test(
            "measures again what is made of something else now, says so, and loses nothing", arguments: ["azure-proxy-agent", "scenarios/normal.yml", "kernel"])
        func changed(what: String) async throws {
            let before = try await bench.run(["--out", out.string])
            try append(to: what == "kernel" ? bench.kernel : bench.products.path.appending(what))
            let said = try await bench.kmatrix(bench.arguments(["--resume", out.string]))
            #expect(bench.started == 6)
            let ids = before.cells.map(\.id).joined(separator: ", ")
            #expect(said.stderr.contains("warning: running \(ids) again: its inputs"), "\(said.stderr)")
            let after = try JSONDecoder().decode(RunDocument.self, from: Data(said.stdout.utf8))
            try expectWhole(after)
            #expect(after.run.warnings.count { $0.contains(" again: its inputs") } == 1)
            #expect(zip(before.cells, after.cells).allSatisfy { $0.inputs != $1.inputs })
            for record in before.cells {
                let aside = try #require(record.evidence) + "/interrupted-1/verdict.json"
                #expect(try JSONDecoder().decode(CellRecord.self, from: Data(contentsOf: URL(filePath: aside))) == record)
            }
            // And once it is measured it stays.
            try await bench.run(["--resume", out.string])
            #expect(bench.started == 6)
        }

        @Test("keeps verdicts of before it was said what they were made of")
        func withoutInputs() async throws {
            let before = try await bench.run(["--out", out.string])
            for record in before.cells {
                var record = record
                record.inputs = nil
                try RunFolder(path: out).cell(CellID(stored: record.id)).save(record, to: .verdict)
            }
            try FileManager.default.removeItem(atPath: out.appending("SHA256SUMS").string)
            try append(to: bench.kernel)
            let said = try await bench.kmatrix(bench.arguments(["--resume", out.string]))
            #expect(said.code == 0 && bench.started == 3)
            #expect(!said.stderr.contains(" again: "), "\(said.stderr)")
        }

        @Test("names what is known to have changed")
        func accelerator() async throws {
            try await bench.run(["--out", out.string], layouts: ["unified"])
            let file = out.appending("run.json").string
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacing("\"harness\" : \"", with: "\"harness\" : \"0.0-").write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.removeItem(atPath: out.appending("SHA256SUMS").string)
            try append(to: bench.kernel)
            let said = try await bench.kmatrix(bench.arguments(["--resume", out.string], layouts: ["unified"]))
            #expect(said.code == 0 && bench.started == 2)
            #expect(said.stderr.contains("again: kmatrix was 0.0-"), "\(said.stderr)")
        }

        @Test("after kill -9 has lost nothing that was finished, and leaves no process and no socket", arguments: [0, 1, 2])
        func killed(finished: Int) async throws {
            try bench.hang(after: finished)
            let place = out
            try await bench.kmatrix(bench.arguments(["--out", out.string])) { process in
                // The guest that says nothing is there: all before it have their verdicts.
                while bench.started <= finished { try await Task.sleep(for: .milliseconds(20)) }
                let second = try await bench.kmatrix(bench.arguments(["--resume", place.string]))
                #expect(second.code == 2 && second.stderr.contains("another kmatrix is using"), "\(second.stderr)")
                kill(process, SIGKILL)
            }
            try await bench.expectNoProcess()
            #expect(try StoredRun(reading: out).document.cells.count { $0.verdict == .compatible } == finished)
            try bench.noTrouble()
            try expectWhole(try await bench.run(["--resume", out.string]))
            #expect(bench.started == finished + 1 + (3 - finished))
            #expect(try bench.socketFiles().isEmpty)
            #expect(try bench.processes().isEmpty)
        }

        @Test("is refused with another plan, and says what differs", arguments: ["fewer", "more", "kernel", "part"])
        func otherPlan(kind: String) async throws {
            try await bench.run(["--out", out.string], layouts: ["unified", "legacy"])
            let other = bench.folder.appending("other")
            try StandInRun.writeKernel("6.2.0-fake", to: other)
            let before = try RunFiles.all(out)
            let arguments =
                switch kind {
                case "fewer": bench.arguments(["--resume", out.string], layouts: ["unified"])
                case "more": bench.arguments(["--resume", out.string])
                case "kernel": bench.arguments(["--resume", out.string], layouts: ["unified", "legacy"], kernel: other)
                default: bench.arguments(["--resume", out.string, "--shard", "1/2"], layouts: ["unified", "legacy"])
                }
            let said = try await bench.kmatrix(arguments)
            #expect(said.code == 2)
            let words = [
                "fewer": "- micro/6.1.0-fake/custom/legacy", "more": "+ micro/6.1.0-fake/custom/hybrid", "kernel": "+ micro/6.2.0-fake/custom/unified",
                "part": "--shard",
            ]
            #expect(said.stderr.contains(words[kind] ?? "?"), "\(said.stderr)")
            #expect(try RunFiles.all(out) == before)
        }

        @Test("is refused where there is none", arguments: ["absent", "empty"])
        func none(kind: String) async throws {
            if kind == "empty" { try DurableFile.makeFolder(out) }
            let said = try await bench.kmatrix(bench.arguments(["--resume", out.string]))
            #expect(said.code == 2)
            #expect(said.stderr.contains(out.string), "\(said.stderr)")
            #expect(try kind == "absent" || RunFiles.all(out).isEmpty)
        }
    }
}

/// What is in a run's folder.
enum RunFiles {
    static func all(_ path: FilePath) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try #require(FileManager.default.enumerator(atPath: path.string)).compactMap({ $0 as? String }) {
            found[name] = FileManager.default.contents(atPath: path.appending(name).string)
        }
        return found
    }

    /// The finished cells' verdicts, as they are on the disk.
    static func verdicts(_ run: FilePath) throws -> [String: Data] {
        guard FileManager.default.fileExists(atPath: run.string) else { return [:] }
        return try all(run).filter { $0.key.hasSuffix("/verdict.json") && !$0.key.contains("interrupted-") }
    }
}
