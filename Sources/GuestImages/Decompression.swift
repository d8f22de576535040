import HostTools
import SystemPackage

/// Decompresses with the machine's own tools.
enum Decompression {
    /// Kernels and modules stay far below; a bomb does not.
    static let limit = 512 << 20

    /// - Parameter path: What the bytes are part of, for errors.
    /// - Throws: `GuestImageError.toolMissing`, `.toolFailed`, or `CancellationError`.
    static func decompress(_ bytes: [UInt8], as format: CompressionFormat, of path: FilePath) async throws -> [UInt8] {
        let (tool, arguments) = format.command
        do {
            return try await ToolLauncher().succeed(tool, arguments, input: bytes, limit: limit).output
        } catch let error as HostToolError {
            if error.code == .missing { throw GuestImageError(.toolMissing, path: path, found: tool.name) }
            throw GuestImageError(.toolFailed, path: path, found: error.description)
        }
    }
}
