import Subprocess
import SystemPackage

/// Runs a program of this machine that builds a file, within bounds.
enum HostTool {
    /// - Parameters:
    ///   - subject: What is being built, for errors.
    ///   - grace: How long the tool may take to clean up when it is told to stop.
    ///   - searchPath: Where tools are looked for; nil for where this process looks.
    /// - Throws: `GuestImageError` (`toolMissing`, `noSpace`, `buildFailed`), `CancellationError`.
    static func run(_ name: String, _ arguments: [String], building subject: FilePath, grace: Duration = .seconds(2), searchPath: String? = nil) async throws {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: grace)]
        var environment = ["LC_ALL": "C"] as [Environment.Key: String]
        if let searchPath { environment["PATH"] = searchPath }
        do {
            let result = try await Subprocess.run(
                .name(name), arguments: Arguments(arguments), environment: .inherit.updating(environment), platformOptions: options,
                output: .discarded, error: .string(limit: 1 << 20))
            // A cancelled run may come back with a result all the same.
            try Task.checkCancellation()
            guard !result.terminationStatus.isSuccess else { return }
            let lines = result.standardError.split(separator: "\n")
            if let full = lines.first(where: { $0.contains("No space left on device") || $0.contains("Could not allocate block") }) {
                throw GuestImageError(.noSpace, path: subject, found: String(full))
            }
            let telling = lines.filter { $0.hasPrefix("E:") || $0.contains("rror") }.suffix(3)
            throw GuestImageError(
                .buildFailed, path: subject, found: "\(name): \((telling.isEmpty ? lines.suffix(2) : telling).joined(separator: " | ")) (\(result.terminationStatus))")
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            if error.code == .executableNotFound { throw GuestImageError(.toolMissing, path: subject, found: name) }
            throw GuestImageError(.buildFailed, path: subject, found: "\(name): \(error)")
        }
    }
}
