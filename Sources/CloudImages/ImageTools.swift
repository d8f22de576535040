import Foundation
import Subprocess
import SystemPackage

/// Runs programs of this machine on images, within bounds.
struct ImageTools: Sendable {
    /// Where they are looked for; nil for where this process looks, and where administrators' programs are.
    var searchPath: String?

    struct Outcome: Sendable {
        let status: TerminationStatus
        let stdout: String
        let stderr: String

        /// What a failure says, in the tool's own words.
        var complaint: String {
            let lines = stderr.split(separator: "\n").map(String.init)
            return lines.last ?? "\(status)"
        }
    }

    /// The most a tool may say. A listing of a folder stays far below.
    private static let limit = 16 << 20

    /// - Parameters:
    ///   - package: The Debian package the program comes from, for the message when it is missing.
    ///   - folder: Where the program works, so that it is told names and not paths; nil for here.
    ///   - input: What it reads from standard input.
    /// - Throws: `CloudImageError` (`toolMissing`, `noSpace`, `toolFailed`), `CancellationError`.
    func run(_ name: String, package: String, _ arguments: [String], in folder: FilePath? = nil, input: String = "") async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        let path = searchPath ?? (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        let environment = Environment.inherit.updating(["LC_ALL": "C", "PATH": path])
        let executable = Executable.name(name)
        guard (try? await executable.resolveExecutablePath(in: environment)) != nil else { throw CloudImageError(.toolMissing, subject: name, detail: package) }
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: environment, workingDirectory: folder, platformOptions: options,
                input: .string(input), output: .string(limit: Self.limit), error: .string(limit: 1 << 20))
            // A cancelled run may come back with a result all the same.
            try Task.checkCancellation()
            let outcome = Outcome(status: result.terminationStatus, stdout: result.standardOutput, stderr: result.standardError)
            if !outcome.status.isSuccess, let full = outcome.stderr.split(separator: "\n").first(where: Self.isFull) {
                throw CloudImageError(.noSpace, subject: folder?.string ?? name, detail: String(full.prefix(300)))
            }
            return outcome
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw CloudImageError(.toolFailed, subject: name, detail: "\(error)")
        }
    }

    private static func isFull(_ line: Substring) -> Bool { line.contains("No space left on device") || line.contains("Disk quota exceeded") }
}
