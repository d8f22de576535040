import Subprocess
import SystemPackage

/// What an archive is packed with, told by its first bytes.
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
        case .xz: UnpackingTool(name: "xz", arguments: ["--format=xz", "-dc"])
        case .zstd: UnpackingTool(name: "zstd", arguments: ["-dc"])
        }
    }
}

/// A program that unpacks standard input to standard output.
struct UnpackingTool {
    let name: String
    let arguments: [String]

    /// - Throws: `SupportBundleError`, `CancellationError`.
    func unpack(_ bytes: [UInt8], limit: Int, path: FilePath) async throws -> [UInt8] {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await run(
                .name(name), arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C"]), platformOptions: options, input: .array(bytes),
                output: .bytes(limit: limit), error: .string(limit: 64 << 10))
            try Task.checkCancellation()
            guard result.terminationStatus.isSuccess else {
                throw SupportBundleError(
                    .malformed, path, result.standardError.split(separator: "\n").first.map(String.init) ?? "\(name): \(result.terminationStatus)")
            }
            return result.standardOutput
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            if error.code == .executableNotFound { throw SupportBundleError(.toolMissing, path, name) }
            throw SupportBundleError(.tooLarge, path, "more than \(limit) bytes once unpacked, or \(error)")
        }
    }
}
