import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import HostTools

@Suite("A program of this machine", .timeLimit(.minutes(5)))
struct ToolLauncherTests {
    private static let shell = HostTool("sh", package: "dash")

    @Test("that is cancelled takes what it started with it")
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("pid").string
        let run = Task { try await ToolLauncher().run(Self.shell, ["-c", "sleep 600 & echo $! > \(file).new; mv \(file).new \(file); wait"]) }
        while !FileManager.default.fileExists(atPath: file) { try await Task.sleep(for: .milliseconds(10)) }
        let child = try #require(pid_t(String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(child, 0) == 0)
        run.cancel()
        await #expect(throws: CancellationError.self) { _ = try await run.value }
        // Whoever inherits it may take a moment; one that goes on runs into the time limit.
        while kill(child, 0) == 0, !isZombie(child) { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func isZombie(_ process: pid_t) -> Bool {
        ((try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z").contains(") Z")
    }

    @Test("reads its input, works where it is told, and has its outcome reported")
    func outcome() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await ToolLauncher().run(
            Self.shell, ["-c", "pwd; cat; echo one >&2; echo two >&2; exit 3"], in: folder.path, input: Array("in".utf8))
        #expect(outcome.ending == .exited(3) && !outcome.isSuccess)
        #expect(outcome.stdout.hasSuffix("in") && outcome.stdout.contains(folder.path.lastComponent?.string ?? "?"))
        #expect(outcome.complaint == "two")
    }

    @Test("that is not installed, fills the disk, or says too much fails with that reason")
    func failures() async throws {
        let missing = try await #require(throws: HostToolError.self) { try await ToolLauncher().run(HostTool("no-such-tool", package: "some-package"), []) }
        #expect(missing.code == .missing && missing.description.contains("some-package"))
        let full = try await #require(throws: HostToolError.self) {
            try await ToolLauncher().run(Self.shell, ["-c", "echo 'x: No space left on device' >&2; exit 1"])
        }
        #expect(full.code == .noSpace)
        let loud = try await #require(throws: HostToolError.self) { try await ToolLauncher().run(Self.shell, ["-c", "head -c 5000 /dev/zero"], limit: 1000) }
        #expect(loud.code == .tooLarge)
    }

    @Test("that writes a file is stopped at its limit")
    func limit() async throws {
        let file = try TemporaryFolder().path.appending("out")
        try FileManager.default.createDirectory(atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try await ToolLauncher().write(Self.shell, ["-c", "head -c 1000 /dev/zero"], to: file, limit: 1000)
        #expect(FileChecksum.size(of: file) == 1000)
        let error = try await #require(throws: HostToolError.self) {
            try await ToolLauncher().write(Self.shell, ["-c", "head -c 1000000 /dev/zero"], to: file, limit: 1000)
        }
        #expect(error.code == .tooLarge)
    }
}
