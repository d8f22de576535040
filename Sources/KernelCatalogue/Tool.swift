import Foundation
import Subprocess
import SystemPackage

/// Runs a program of the system and gathers what it says, within bounds.
enum Tool {
    struct Outcome: Sendable {
        let status: TerminationStatus
        let stdout: String
        let stderr: String

        /// What it failed with: `code`, unless the disk was full, which is nobody's fault but the disk's.
        func failure(_ code: CatalogueError.Code, subject: String) -> CatalogueError {
            let lines = stderr.split(separator: "\n")
            if let full = lines.first(where: { $0.contains("No space left on device") || $0.contains("Disk quota exceeded") }) {
                return CatalogueError(.noSpace, subject: subject, detail: String(full))
            }
            return CatalogueError(code, subject: subject, detail: lines.last.map(String.init) ?? "\(status)")
        }
    }

    /// - Parameter package: The Debian package the program comes from, for the message when it is missing.
    /// - Throws: `CatalogueError` with `toolMissing`, `CancellationError`.
    static func run(_ name: String, package: String, arguments: [String]) async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        let executable = Executable.name(name)
        guard (try? await executable.resolveExecutablePath(in: .inherit)) != nil else { throw CatalogueError(.toolMissing, subject: name, detail: package) }
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C"]), platformOptions: options,
            output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
        // A cancelled run may return what the signal left instead of throwing.
        try Task.checkCancellation()
        return Outcome(status: result.terminationStatus, stdout: result.standardOutput, stderr: result.standardError)
    }
}
