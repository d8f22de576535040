import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("A program of the system", .timeLimit(.minutes(5)))
struct ToolTests {
    @Test("that is cancelled takes what it started with it")
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("pid").string
        let run = Task { try await Tool.run("sh", package: "dash", arguments: ["-c", "sleep 600 & echo $! > \(file).new; mv \(file).new \(file); wait"]) }
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
}
