import Crypto
import Foundation
import Subprocess
import SystemPackage

/// Fetches files by the `curl` program, which brings proxies, redirections, resumption and TLS with it.
struct Transfer: Sendable {
    let settings: CatalogueSettings

    /// Fetches an address into a file.
    /// - Parameter limit: The most bytes that are taken.
    /// - Throws: `CatalogueError`: `offline`, `unreachable`, `notFound`, `slow`, `refused`, `sizeMismatch`, `noSpace`, `toolMissing`.
    func fetch(_ address: String, to file: FilePath, limit: Int) async throws {
        if settings.offline { throw CatalogueError(.offline, subject: address) }
        let arguments: [String] = [
            "--silent", "--show-error", "--fail", "--location", "--globoff", "--max-redirs", "5", "--proto", "=http,https", "--connect-timeout", "\(settings.patience)",
            "--speed-limit", "1000", "--speed-time", "\(settings.patience)", "--retry", "\(settings.retries)", "--retry-max-time", "120",
            "--max-filesize", "\(limit)", "--write-out", "%{http_code}", "--output", file.string, "--", address,
        ]
        let result = try await Tool.run("curl", package: "curl", arguments: arguments)
        guard !result.status.isSuccess else {
            // A server that does not say the length beforehand gets past --max-filesize.
            let size = (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0
            if size > limit { throw CatalogueError(.sizeMismatch, subject: address, detail: "\(size) bytes, where at most \(limit) are due") }
            return
        }
        let reason = result.stderr.split(separator: "\n").last.map(String.init) ?? "\(result.status)"
        throw Self.error(result.status, httpStatus: result.stdout, address, reason)
    }

    /// Fetches a file that an index describes, and checks that it is that file.
    func fetch(_ address: String, to file: FilePath, size: Int, sha256: String) async throws {
        try await fetch(address, to: file, limit: size)
        let found = (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0
        guard found == size else { throw CatalogueError(.sizeMismatch, subject: address, detail: "\(found) bytes, where \(size) are due") }
        let digest = try Self.sha256(of: file)
        guard digest == sha256 else { throw CatalogueError(.hashMismatch, subject: address, detail: "\(digest), where \(sha256) is due") }
    }

    /// The hash of a file's content, in lower-case hexadecimal.
    static func sha256(of file: FilePath) throws -> String {
        let descriptor = try SystemPackage.FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        defer { try? descriptor.close() }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            if count == 0 { break }
            hash.update(data: buffer[..<count])
        }
        return hex(hash.finalize())
    }

    static func sha256(of text: String) -> String { hex(SHA256.hash(data: Data(text.utf8))) }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// What curl's exit status stands for (curl(1), EXIT CODES).
    static func error(_ status: TerminationStatus, httpStatus: String, _ address: String, _ reason: String) -> CatalogueError {
        guard case .exited(let code) = status else { return CatalogueError(.unreachable, subject: address, detail: reason) }
        return switch code {
        case 22 where httpStatus.hasSuffix("404"): CatalogueError(.notFound, subject: address)
        case 22: CatalogueError(.refused, subject: address, detail: "HTTP \(httpStatus)")
        case 28: CatalogueError(.slow, subject: address, detail: reason)
        case 23: CatalogueError(.noSpace, subject: address, detail: reason)
        case 63: CatalogueError(.sizeMismatch, subject: address, detail: reason)
        case 18: CatalogueError(.sizeMismatch, subject: address, detail: "the transfer ended early: \(reason)")
        default: CatalogueError(.unreachable, subject: address, detail: reason)
        }
    }
}
