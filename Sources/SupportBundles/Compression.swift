import HostTools
import SystemPackage

/// An archive's compression, recognised by its first bytes.
enum Compression {
    case gzip, zip, xz, zstd

    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x1F, 0x8B, 0x08]) {
            self = .gzip
        } else if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else {
            return nil
        }
    }

    /// The machine's own program for what is not unpacked here.
    var tool: UnpackingTool? {
        switch self {
        case .gzip, .zip: nil
        case .xz: UnpackingTool(tool: .xz, arguments: ["--format=xz", "-dc"])
        case .zstd: UnpackingTool(tool: .zstd, arguments: ["-dc"])
        }
    }
}

/// A program that unpacks standard input to standard output.
struct UnpackingTool {
    let tool: HostTool
    let arguments: [String]

    /// - Throws: `SupportBundleError`, `CancellationError`.
    func unpack(_ bytes: [UInt8], limit: Int, path: FilePath) async throws -> [UInt8] {
        do {
            return try await ToolLauncher().succeed(tool, arguments, input: bytes, limit: limit).output
        } catch let error as HostToolError {
            switch error.code {
            case .missing: throw SupportBundleError(.toolMissing, path, tool.name)
            case .tooLarge: throw SupportBundleError(.tooLarge, path, "\(error.detail) once unpacked")
            case .failed, .noSpace, .notStarted: throw SupportBundleError(.malformed, path, error.description)
            }
        }
    }
}
