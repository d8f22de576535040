import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The released program with real guests: what is left when it is interrupted, killed, or runs out of disk.
@Suite("The command with real guests", .enabled(if: RealProgram.path != nil, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct CommandRealGuestTests {
    @Test("interrupted, it ends its guests, keeps its folder in order and says 130")
    func interrupt() async throws {
        let folder = try TemporaryFolder()
        let out = folder.path.appending("run")
        let ended = try await RealProgram.run(["run", "--kernel", "6.1", "--cgroup", "unified", "--out", out.string]) { process in
            try await RealProgram.waitForGuest(below: out)
            kill(process, SIGINT)
        }
        #expect(ended.code == 130, "\(ended.stderr)")
        #expect(RealProgram.processes(below: out).isEmpty)
        let record = try JSONDecoder().decode(RunRecord.self, from: Data(contentsOf: URL(filePath: out.appending("run.json").string)))
        #expect(record.finished == nil)
        #expect(RealProgram.sockets(below: out).isEmpty)
    }

    @Test("killed in the middle of a cell, its guests go with it, and resumed it comes to what an undisturbed run comes to")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let (out, undisturbed) = (folder.path.appending("run"), folder.path.appending("undisturbed"))
        let options = [
            "--kernel", "6.1", "--cgroup", "unified", "--cgroup", "hybrid", "--cgroup", "legacy", "--jobs", "1", "--proof", "quick", "--no-history", "--format",
            "json",
        ]
        /// The cells whose guest works and that have no verdict.
        @Sendable func running() -> [FilePath] {
            RealProgram.cells(of: out).filter {
                !FileManager.default.fileExists(atPath: $0.appending("verdict.json").string) && !RealProgram.processes(below: $0).isEmpty
            }
        }
        _ = try await RealProgram.run(["run", "--out", out.string] + options) { process in
            try await RealProgram.wait { (try? RunFiles.verdicts(out).isEmpty) == false && !running().isEmpty }
            kill(process, SIGKILL)
        }
        // The kernel delivers the emulator's death signal by itself; its end takes a moment.
        try await RealProgram.wait { RealProgram.processes(below: out).isEmpty }
        let finished = try RunFiles.verdicts(out)
        #expect((1...2).contains(finished.count), "\(finished.keys)")
        #expect(RealProgram.cells(of: out).count > finished.count, "the signal came in the middle of a cell")

        let resumed = try await RealProgram.run(["run", "--resume", out.string] + options)
        #expect(resumed.code == 0, "\(resumed.stderr)")
        for (file, bytes) in finished { #expect(try RunFiles.verdicts(out)[file] == bytes, "\(file)") }
        let other = try await RealProgram.run(["run", "--out", undisturbed.string] + options)
        func conclusions(_ ended: RealProgram.Ended) throws -> [String] {
            try JSONDecoder().decode(RunDocument.self, from: Data(ended.stdout.utf8)).cells.map { cell in
                "\(cell.id) \(cell.verdict) \(cell.cause?.rawValue ?? "") \(cell.proofs.map { "\($0.id) \($0.state)" })"
            }
        }
        #expect(try conclusions(resumed) == conclusions(other))
        #expect(try conclusions(resumed).count == 3)
        #expect(RealProgram.sockets(below: out).isEmpty)
    }

    @Test("a program that cannot be loaded where support is documented is code 1, and --fail-fast leaves the rest not run")
    func failFast() async throws {
        let folder = try TemporaryFolder()
        let object = folder.path.appending("broken.bpf.o")
        #expect(FileManager.default.createFile(atPath: object.string, contents: Data([0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 600))))
        let ended = try await RealProgram.run([
            "run", "--kernel", "6.1", "--cgroup", "unified", "--cgroup", "hybrid", "--bpf", object.string, "--jobs", "1", "--fail-fast", "--format",
            "json", "--out", folder.path.appending("run").string,
        ])
        #expect(ended.code == 1, "\(ended.stderr)")
        let document = try JSONDecoder().decode(RunDocument.self, from: Data(ended.stdout.utf8))
        // Which is first is a matter of what they took here before.
        #expect(Set(document.cells.map(\.verdict)) == [.incompatible, .notRun], "\(document.cells.map(\.summary))")
        #expect(document.cells.compactMap(\.cause) == [.loadFailed])
        #expect(document.cells.map(\.bpf) == ["broken", "broken"])
    }

    @Test("on a full disk a cell is evidence lost, never a verdict of the kernel", .enabled(if: SmallDisk.canBeMade, "needs unprivileged user namespaces"))
    func fullEvidenceDisk() async throws {
        let folder = try TemporaryFolder()
        let out = folder.path.appending("small")
        try FileManager.default.createDirectory(atPath: out.string, withIntermediateDirectories: true)
        let ended = try await RealProgram.runOnSmallDisk(
            ["run", "--kernel", "6.1", "--cgroup", "unified", "--format", "json", "--out", out.appending("run").string], disk: out, size: 24)
        #expect(ended.code == 3, "\(ended.stderr)")
        let document = try JSONDecoder().decode(RunDocument.self, from: Data(ended.stdout.utf8))
        #expect(document.cells.map(\.verdict) == [.inconclusive])
        #expect(document.cells.first?.cause == .evidenceLost, "\(document.cells.map(\.summary))")
    }

    @Test("with no room for the cache it says so and what to do", .enabled(if: SmallDisk.canBeMade, "needs unprivileged user namespaces"))
    func fullCacheDisk() async throws {
        let folder = try TemporaryFolder()
        let cache = folder.path.appending("small")
        try FileManager.default.createDirectory(atPath: cache.string, withIntermediateDirectories: true)
        let ended = try await RealProgram.runOnSmallDisk(
            ["run", "--kernel", "6.1", "--cgroup", "unified", "--format", "json", "--out", folder.path.appending("run").string], disk: cache, size: 1024,
            environment: ["XDG_CACHE_HOME": cache.string])
        #expect(ended.code == 3, "\(ended.stderr)")
        #expect(ended.stderr.contains("free some space"), "\(ended.stderr)")
        #expect(ended.stderr.contains("XDG_CACHE_HOME"))
    }
}

/// The released `kmatrix`, and a look at what it leaves.
enum RealProgram {
    struct Ended {
        let code: Int32?
        let stdout: String
        let stderr: String
    }

    static let path: FilePath? = {
        guard let folder = ProcessInfo.processInfo.environment["KMATRIX_PRODUCTS"] else { return nil }
        let program = FilePath(folder).appending("kmatrix")
        return FileManager.default.isExecutableFile(atPath: program.string) ? program : nil
    }()

    static func run(_ arguments: [String], meanwhile: @escaping @Sendable (pid_t) async throws -> Void) async throws -> Ended {
        let result = try await Subprocess.run(
            .path(try #require(path)), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded
        ) { execution in
            try await meanwhile(execution.processIdentifier.value)
        }
        return Ended(code: code(result.terminationStatus), stdout: "", stderr: "")
    }

    /// - Parameter environment: In addition to this process's.
    static func run(_ arguments: [String], environment: [Environment.Key: String] = [:]) async throws -> Ended {
        let values = Dictionary(uniqueKeysWithValues: environment.map { ($0.key, Optional($0.value)) })
        let result = try await Subprocess.run(
            .path(try #require(path)), arguments: Arguments(arguments), environment: .inherit.updating(values), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        return Ended(code: code(result.terminationStatus), stdout: result.standardOutput, stderr: result.standardError)
    }

    /// Runs the program while a small file system lies over a folder.
    /// - Parameter size: In KiB.
    static func runOnSmallDisk(_ arguments: [String], disk: FilePath, size: Int, environment: [Environment.Key: String] = [:]) async throws -> Ended {
        let all = SmallDisk.arguments(mountedAt: disk, size: size, script: "exec \"$@\"", [try #require(path).string] + arguments)
        let result = try await Subprocess.run(
            .path("/usr/bin/unshare"), arguments: Arguments(all),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: environment.map { ($0.key, Optional($0.value)) })),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return Ended(code: code(result.terminationStatus), stdout: result.standardOutput, stderr: result.standardError)
    }

    private static func code(_ status: TerminationStatus) -> Int32? {
        if case .exited(let code) = status { return code }
        return nil
    }

    /// Waits until a guest prints.
    static func waitForGuest(below folder: FilePath) async throws {
        try await wait {
            files(below: folder).contains { $0.hasSuffix("console.log") && (try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int) ?? 0 > 0 }
        }
    }

    struct NeverHappened: Error {}

    static func wait(until happened: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !happened() {
            guard ContinuousClock.now < deadline else { throw NeverHappened() }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The processes that work below a folder.
    static func processes(below folder: FilePath) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd"))?.hasPrefix(folder.string) == true
        }
    }

    /// The folders of a run's cells.
    static func cells(of run: FilePath) -> [FilePath] {
        let place = run.appending("cells")
        return ((try? FileManager.default.contentsOfDirectory(atPath: place.string)) ?? []).map { place.appending($0) }
    }

    static func sockets(below folder: FilePath) -> [String] { files(below: folder).filter { $0.hasSuffix(".sock") } }

    private static func files(below folder: FilePath) -> [String] {
        FileManager.default.enumerator(atPath: folder.string)?.compactMap { ($0 as? String).map { folder.appending($0).string } } ?? []
    }
}
