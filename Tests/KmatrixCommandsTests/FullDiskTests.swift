import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension CutShortStandInRuns {
    @Suite("A run whose disk gets full", .enabled(if: SmallDisk.canBeMade, "this user may not make namespaces, and so no small disk"))
    struct FullDiskTests {
        let bench: StandInRun
        private var disk: FilePath { bench.folder.appending("disk") }
        private var first: FilePath { bench.folder.appending("first") }
        private var second: FilePath { bench.folder.appending("second") }

        init() throws {
            bench = try StandInRun()
            for folder in [disk, first, second] { try DurableFile.makeFolder(folder) }
        }

        /// Fills the disk and leaves so many KiB of it.
        private func fill(leaving kilobytes: Int) -> String {
            "{ cat /dev/zero > \(disk)/filler 2> /dev/null; truncate -s -\(kilobytes)K \(disk)/filler; }"
        }

        /// Runs `kmatrix` twice: until the disk is full, and with room again. What it left each time, and said, is kept outside.
        private func runTwice(_ options: [String] = []) async throws {
            func line(_ place: String, into folder: FilePath) throws -> String {
                let arguments = (bench.arguments([place, disk.appending("run").string] + options)).map { "'\($0)'" }.joined(separator: " ")
                return """
                    code=0
                    \(try BuiltProgram.path("kmatrix")) \(arguments) > \(folder)/stdout 2> \(folder)/stderr || code=$?
                    echo $code > \(folder)/code
                    """
            }
            let script = """
                \(try line("--out", into: first))
                rm -f \(disk)/filler
                cp -r \(disk) \(first)/disk
                \(try line("--resume", into: second))
                cp -r \(disk) \(second)/disk
                """
            let environment = ["HOME": bench.folder.string, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"].merging(bench.environment) { $1 }
            let result = try await Subprocess.run(
                .path("/usr/bin/unshare"), arguments: Arguments(SmallDisk.arguments(mountedAt: disk, size: 1024, script: script)),
                environment: .custom(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0.key) ?? "X", $0.value) })),
                output: .discarded, error: .string(limit: 1 << 16))
            #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        }

        private func text(_ file: String, _ folder: FilePath) throws -> String { try String(contentsOfFile: folder.appending(file).string, encoding: .utf8) }

        /// What finished before there was no more room is as it was, and nothing else was run again.
        private func expectNothingLost() throws {
            let before = try StoredRun(reading: first.appending("disk/run"))
            let finished = before.document.cells.filter { $0.verdict == .compatible }
            for cell in before.document.cells where cell.verdict != .compatible {
                #expect([.notRun, .inconclusive].contains(cell.verdict) && [nil, .harness].contains(cell.fault), "\(cell.id): \(cell.summary)")
            }
            for cell in finished {
                #expect(bench.startedIn.count { $0.hasSuffix("/" + cell.folderName) } == 1, "\(cell.id) was finished")
                let file = "disk/run/cells/\(cell.folderName)/verdict.json"
                #expect(try text(file, first) == text(file, second))
            }
            let said = try text("stderr", second)
            #expect(try text("code", second) == "0\n", "\(said)")
            let after = try StoredRun.intact(at: second.appending("disk/run"))
            #expect(after.document.cells.map(\.cgroup.rawValue) == StandInRun.layouts)
            #expect(after.document.cells.allSatisfy { $0.verdict == .compatible } && after.unfinished.isEmpty)
        }

        @Test(
            "keeps what was finished, says what is lacking, and with room again comes to its end",
            arguments: [(1, 0), (2, 0), (2, 4), (2, 8), (2, 16), (2, 24), (2, 32), (3, 12)])
        func evidence(guest: Int, left: Int) async throws {
            try bench.trouble("if [ $guest -eq \(guest) ]; then \(fill(leaving: left)); fi")
            try await runTwice()
            #expect(try text("code", first) == "3\n")
            let said = try text("stdout", first) + text("stderr", first)
            #expect(said.contains("no space left"), "\(said)")
            try expectNothingLost()
        }

        @Test("that holds the history as well is told, and the run counts without it")
        func history() async throws {
            try bench.trouble("if [ $guest -eq 3 ]; then \(fill(leaving: 0)); fi")
            try await runTwice(["--history", disk.appending("history.sqlite").string])
            let said = try text("stderr", first)
            #expect(said.contains("cannot record the run in the history"), "\(said)")
            try expectNothingLost()
        }
    }
}
