import Subprocess
import SystemPackage

/// Decompresses with the machine's own tools.
enum Decompression {
    /// Kernels and modules stay far below; a bomb does not.
    static let limit = 512 << 20

    /// - Parameter path: What the bytes are part of, for errors.
    /// - Throws: `GuestImageError.toolMissing`, `.toolFailed`, or `CancellationError`.
    static func decompress(_ bytes: [UInt8], as format: CompressionFormat, of path: FilePath) async throws -> [UInt8] {
        let (tool, arguments) = format.command
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await run(
                .name(tool), arguments: Arguments(arguments), environment: .inherit, platformOptions: options, input: .array(bytes),
                output: .bytes(limit: limit), error: .string(limit: 64 * 1024))
            // A cancelled run may come back with a result all the same.
            try Task.checkCancellation()
            guard result.terminationStatus.isSuccess else {
                let words = result.standardError.split(separator: "\n").first.map(String.init) ?? "\(result.terminationStatus)"
                throw GuestImageError(.toolFailed, path: path, found: "\(tool): \(words)")
            }
            return result.standardOutput
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            if error.code == .executableNotFound { throw GuestImageError(.toolMissing, path: path, found: tool) }
            throw GuestImageError(.toolFailed, path: path, found: "\(tool): \(error)")
        }
    }
}
