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

    /// - Parameters:
    ///   - package: The Debian package the program comes from, for the message when it is missing.
    ///   - environment: What it is told beyond what this process was.
    /// - Throws: `CatalogueError` with `toolMissing`, `CancellationError`.
    static func run(_ name: String, package: String, arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let executable = try await find(name, package)
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: Self.environment(environment), platformOptions: options,
            output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
        // A cancelled run may return what the signal left instead of throwing.
        try Task.checkCancellation()
        return Outcome(status: result.terminationStatus, stdout: result.standardOutput, stderr: result.standardError)
    }

    /// Runs a program that unpacks something into a file. A few bytes of what is packed can stand for any amount, so the kernel stops it at
    /// a limit.
    /// - Throws: `CatalogueError` with `toolMissing`, `tooLarge`, or `code` when the program fails; `CancellationError`.
    static func unpack(
        _ name: String, package: String, arguments: [String], into file: FilePath, limit: Int, subject: String, failure code: CatalogueError.Code
    ) async throws {
        _ = try await find(name, package)
        let output = try FileDescriptor.open(file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
        let result = try await Subprocess.run(
            find("prlimit", "util-linux"), arguments: Arguments(["--fsize=\(limit + 1)", "--core=0", "--", name] + arguments), environment: Self.environment([:]),
            platformOptions: options, output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .string(limit: 64 << 10))
        try Task.checkCancellation()
        let size = (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0
        guard size <= limit else { throw CatalogueError(.tooLarge, subject: subject, detail: "more than \(limit) bytes") }
        guard result.terminationStatus.isSuccess else {
            throw Outcome(status: result.terminationStatus, stdout: "", stderr: result.standardError).failure(code, subject: subject)
        }
    }

    private static func find(_ name: String, _ package: String) async throws -> Executable {
        let executable = Executable.name(name)
        guard (try? await executable.resolveExecutablePath(in: .inherit)) != nil else { throw CatalogueError(.toolMissing, subject: name, detail: package) }
        return executable
    }

    private static func environment(_ further: [String: String]) -> Subprocess.Environment {
        var values: [Subprocess.Environment.Key: String?] = ["LC_ALL": "C"]
        for (name, value) in further { if let key = Subprocess.Environment.Key(rawValue: name) { values[key] = value } }
        return .inherit.updating(values)
    }

    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        // dpkg-deb has a process of its own unpack, which would go on.
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        return options
    }
}
