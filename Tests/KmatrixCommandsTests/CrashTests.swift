import EvidenceStore
import Foundation
import Glibc
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension CutShortStandInRuns {
    /// Whatever dies while a run goes on.
    @Suite("A run in which something is killed")
    struct CrashTests {
        let bench: StandInRun
        private var out: FilePath { bench.folder.appending("run") }
        private var cache: FilePath { bench.folder.appending("cache/kmatrix") }
        private var environment: [String: String] {
            ["XDG_CACHE_HOME": bench.folder.appending("cache").string, "XDG_STATE_HOME": bench.folder.appending("state").string]
        }

        init() throws { bench = try StandInRun() }

        private func arguments(_ boot: String, _ options: [String]) -> [String] { bench.arguments(options + ["--boot", boot]) }

        private func kmatrix(_ arguments: [String]) async throws -> CommandLineTests.Said {
            try await CommandLineTests.kmatrix(arguments, environment: bench.environment.merging(environment) { $1 })
        }

        private func hasSnapshot() -> Bool {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.appending("snapshot").string)) ?? []
            return names.contains { !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
        }

        /// Kills a run: at any moment, or in the middle of a cell whose guest hangs.
        /// - Returns: The cells that were running when the signal came, by their folders.
        private func killOnce(_ boot: String, inCell: Bool, left: Int, _ generator: inout SeededGenerator) async throws -> [String] {
            let isBegun = ["run.json", "planned.jsonl"].contains { FileManager.default.fileExists(atPath: out.appending($0).string) }
            let before = bench.started
            // A snapshot is made by a guest before the cells' own.
            let limit = before + (boot == "snapshot" && !hasSnapshot() ? 1 : 0) + Int.random(in: 0..<left, using: &generator)
            let moment = Duration.milliseconds(Int.random(in: inCell ? 0...50 : 30...500, using: &generator))
            if inCell { try bench.hang(after: limit) }
            defer { if inCell { try? bench.noTrouble() } }
            let bench = bench
            try await bench.kmatrix(arguments(boot, [isBegun ? "--resume" : "--out", out.string, "--no-history"]), environment: environment) { process in
                while inCell, bench.started <= limit { try await Task.sleep(for: .milliseconds(5)) }
                try await Task.sleep(for: moment)
                kill(process, SIGKILL)
            }
            try await bench.expectNoProcess()
            let finished = try RunFiles.verdicts(out).keys.map { $0.dropLast("/verdict.json".count) }
            return bench.startedIn[before...].filter { folder in folder.contains("/cells/") && !finished.contains { folder.hasSuffix("/" + $0) } }
        }

        @Test(
            "and killed again at any moment it loses no verdict, runs no finished cell twice, and ends as if nothing had happened",
            arguments: ["cold", "snapshot"], fuzzSeeds(1))
        func anyMoment(boot: String, seed: UInt64) async throws {
            var generator = SeededGenerator(seed: seed)
            var kept: [String: Data] = [:]
            for attempt in 0..<5 where kept.count < StandInRun.layouts.count {
                let (before, isAimed) = (bench.started, attempt.isMultiple(of: 2))
                let running = try await killOnce(boot, inCell: isAimed, left: StandInRun.layouts.count - kept.count, &generator)
                if isAimed { #expect(running.count == 1, "the signal came in the middle of a cell: \(running)") }
                for folder in bench.startedIn[before...] {
                    #expect(!kept.keys.contains { folder.hasSuffix("/" + $0.dropLast("/verdict.json".count)) }, "\(folder) was finished")
                }
                let now = try RunFiles.verdicts(out)
                for (file, bytes) in kept { #expect(now[file] == bytes, "\(file)") }
                kept = now
            }
            let isBegun = FileManager.default.fileExists(atPath: out.appending("run.json").string)
            let said = try await kmatrix(arguments(boot, [isBegun ? "--resume" : "--out", out.string, "--no-history"]))
            #expect(said.code == 0, "\(said.stderr)")
            for (file, bytes) in kept { #expect(try RunFiles.verdicts(out)[file] == bytes, "\(file)") }
            let run = try StoredRun.intact(at: out)
            #expect(run.document.cells.map(\.verdict) == [.compatible, .compatible, .compatible])
            #expect(run.unfinished.isEmpty)
            #expect(try bench.socketFiles().isEmpty)
        }

        @Test("while its snapshot is made leaves none that could be used, and what it left is collected, but only once it is dead", arguments: ["gc", "run"])
        func snapshot(next: String) async throws {
            try bench.hang(after: 0)
            let snapshots = cache.appending("snapshot")
            let names = { ((try? FileManager.default.contentsOfDirectory(atPath: snapshots.string)) ?? []).filter { !$0.hasSuffix(".lock") } }
            try await bench.kmatrix(arguments("snapshot", ["--out", out.string]), environment: environment) { process in
                while bench.started == 0 { try await Task.sleep(for: .milliseconds(20)) }
                let said = try await kmatrix(["kernels", "gc", "--unused-for", "0"])
                #expect(said.code == 0, "\(said.stderr)")
                #expect(names().count == 1)
                kill(process, SIGKILL)
            }
            try await bench.expectNoProcess()
            #expect(names().allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".part") } && names().count == 1)
            #expect(try !bench.socketFiles().isEmpty)
            try bench.noTrouble()
            if next == "gc" {
                let said = try await kmatrix(["kernels", "gc"])
                #expect(said.code == 0 && said.stdout.contains("snapshot"), "\(said.stdout) \(said.stderr)")
                #expect(names().isEmpty)
            } else {
                let said = try await kmatrix(arguments("snapshot", ["--resume", out.string]))
                #expect(said.code == 0, "\(said.stderr)")
                #expect(names().count == 1 && names().allSatisfy { !$0.hasPrefix(".") })
                let modes = try StoredRun.intact(at: out).document.cells.map(\.startMode)
                #expect(modes.allSatisfy { if case .snapshot = $0 { true } else { false } }, "\(modes)")
            }
            #expect(try bench.socketFiles().isEmpty)
        }

        @Test("beside another with the same cache and history harms neither")
        func beside() async throws {
            // The first hangs while it makes the snapshot that the second waits for.
            try bench.hang(after: 0)
            let (other, arguments) = (bench.folder.appending("other"), arguments)
            async let second = {
                while bench.started == 0 { try await Task.sleep(for: .milliseconds(20)) }
                return try await kmatrix(arguments("snapshot", ["--out", other.string]))
            }()
            try await bench.kmatrix(arguments("snapshot", ["--out", out.string]), environment: environment) { process in
                while bench.started == 0 { try await Task.sleep(for: .milliseconds(20)) }
                // Its plan is there, and its turn at the snapshot has not come.
                while !FileManager.default.fileExists(atPath: other.appending("planned.jsonl").string) { try await Task.sleep(for: .milliseconds(20)) }
                try bench.noTrouble()
                kill(process, SIGKILL)
            }
            let said = try await second
            #expect(said.code == 0, "\(said.stderr)")
            #expect(try StoredRun.intact(at: other).document.cells.allSatisfy { $0.verdict == .compatible })
            let resumed = try await kmatrix(arguments("snapshot", ["--resume", out.string]))
            #expect(resumed.code == 0, "\(resumed.stderr)")
            let history = try await kmatrix(["history", "--history", bench.folder.appending("history.sqlite").string, "--format", "json"])
            for run in [out, other] { #expect(try history.stdout.contains(StoredRun.intact(at: run).document.run.id), "\(history.stdout)") }
            try await bench.expectNoProcess()
            #expect(try bench.socketFiles().isEmpty)
        }

        @Test("in its standard place leaves sockets that kernels gc takes away, and evidence that it does not")
        func remains() async throws {
            try bench.hang(after: 1)
            let runs = bench.folder.appending("state/kmatrix/runs")
            try await bench.kmatrix(arguments("cold", []), environment: environment) { process in
                while bench.started < 2 { try await Task.sleep(for: .milliseconds(20)) }
                while try bench.socketFiles().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
                let said = try await kmatrix(["kernels", "gc"])
                #expect(said.code == 0 && said.stdout.hasPrefix("0 entries removed"), "\(said.stdout) \(said.stderr)")
                #expect(try !bench.socketFiles().isEmpty, "somebody lives there")
                kill(process, SIGKILL)
            }
            try await bench.expectNoProcess()
            let before = try RunFiles.all(runs)
            let said = try await kmatrix(["kernels", "gc"])
            #expect(said.code == 0 && said.stdout.contains("run "), "\(said.stdout) \(said.stderr)")
            #expect(try bench.socketFiles().isEmpty)
            let kept = try RunFiles.all(runs)
            #expect(before.keys.filter { kept[$0] == nil }.allSatisfy { $0.hasSuffix(".sock") })
            #expect(kept.allSatisfy { before[$0.key] == $0.value })
        }

        @Test("says of an emulator that was killed, as by a machine without memory, that it proved nothing", arguments: ["once", "always", "midway"])
        func emulator(when: String) async throws {
            switch when {
            case "once": try bench.trouble("[ $guest -eq 2 ] && kill -KILL $$")
            case "always": try bench.trouble("[ $guest -gt 1 ] && kill -KILL $$")
            default: try bench.trouble("[ $guest -eq 2 ] && { (sleep 0.05; kill -KILL $$) > /dev/null 2>&1 & }")
            }
            let said = try await kmatrix(arguments("cold", ["--out", out.string, "--jobs", "1"]))
            let document = try JSONDecoder().decode(RunDocument.self, from: Data(said.stdout.utf8))
            #expect(said.code == (when == "always" ? 3 : 0), "\(said.stderr)")
            #expect(document.cells[0].verdict == .compatible && document.cells[0].attempts == 1)
            switch when {
            case "once": #expect(document.cells.map(\.verdict) == [.compatible, .compatible, .compatible] && document.cells[1].attempts == 2)
            case "always":
                #expect(
                    document.cells.dropFirst().allSatisfy { $0.verdict == .inconclusive && $0.cause == .emulatorExit && $0.fault == .harness },
                    "\(document.cells.map(\.summary))")
            default: #expect(document.cells.allSatisfy { $0.verdict == .compatible && $0.attempts <= 2 }, "\(document.cells.map(\.summary))")
            }
            #expect(try bench.socketFiles().isEmpty)
        }
    }
}
