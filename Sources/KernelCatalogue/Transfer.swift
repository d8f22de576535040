import ArtefactCache
import Digests
import Foundation
import Subprocess
import SystemPackage

/// Fetches files by the `curl` program, which brings proxies, redirections, resumption and TLS with it.
struct Transfer: Sendable {
    let settings: CatalogueSettings

    /// Fetches an address into a file.
    /// - Parameter limit: The most bytes that are taken.
    /// - Throws: `CatalogueError`: `offline`, `unreachable`, `notFound`, `slow`, `interrupted`, `refused`, `tooLarge`, `noSpace`, `toolMissing`.
    func fetch(_ address: String, to file: FilePath, limit: Int) async throws {
        try await persistently { try await attempt(address, to: file, limit: limit, resumes: false) }
    }

    /// Fetches a file that an index describes, and checks that it is that file. What came before a transfer broke off is kept, by its hash,
    /// and the next one goes on from there, in this process or another.
    func fetch(_ address: String, to file: FilePath, size: Int, sha256: String) async throws {
        let folder = settings.cache.root.appending("partial")
        try? FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let partial = folder.appending(sha256)
        var wasThere = Self.size(of: partial) > 0
        while true {
            if Self.size(of: partial) >= size { unlink(partial.string) }
            try await persistently { try await attempt(address, to: partial, limit: size, resumes: true) }
            let found = Self.size(of: partial)
            let digest = try Self.sha256(of: partial)
            if found == size, digest == sha256 { break }
            unlink(partial.string)
            // What was kept may have been of another server's file.
            if wasThere {
                wasThere = false
            } else if found != size {
                throw CatalogueError(.sizeMismatch, subject: address, detail: "\(found) bytes, where \(size) are due")
            } else {
                throw CatalogueError(.hashMismatch, subject: address, detail: "\(digest), where \(sha256) is due")
            }
        }
        guard rename(partial.string, file.string) == 0 else { throw CacheError(path: file, errno: Errno(rawValue: errno)) }
    }

    /// Tries again what failed by bad luck, after pauses that double.
    private func persistently(_ body: () async throws -> Void) async throws {
        var pause = settings.pause
        for left in stride(from: settings.retries, through: 0, by: -1) {
            do {
                return try await body()
            } catch let failure as Failure {
                guard failure.isPassing, left > 0 else { throw failure.error }
            }
            try await Task.sleep(for: pause)
            pause *= 2
        }
    }

    private struct Failure: Error {
        let error: CatalogueError
        /// Whether the same may go well the next time.
        let isPassing: Bool
    }

    private func attempt(_ address: String, to file: FilePath, limit: Int, resumes: Bool) async throws {
        if settings.offline { throw CatalogueError(.offline, subject: address) }
        let continuation = resumes && Self.size(of: file) > 0 ? ["--continue-at", "-"] : []
        let arguments: [String] = [
            "--silent", "--show-error", "--fail", "--location", "--globoff", "--max-redirs", "5", "--proto", "=http,https", "--connect-timeout", "\(settings.patience)",
            "--speed-limit", "1000", "--speed-time", "\(settings.patience)", "--max-filesize", "\(limit)", "--write-out", "%{http_code}", "--output", file.string,
        ]
        let proxies = settings.environment.filter { $0.key.lowercased().hasSuffix("_proxy") }
        let result = try await Tool.run("curl", package: "curl", arguments: arguments + continuation + ["--", address], environment: proxies)
        let size = Self.size(of: file)
        // A server that does not say the length beforehand gets past --max-filesize.
        let isTooLarge = size > limit || result.status == .exited(63)
        if isTooLarge || (!continuation.isEmpty && Self.cannotContinue(result)) { unlink(file.string) }
        if isTooLarge { throw CatalogueError(.tooLarge, subject: address, detail: "more than the \(limit) bytes that are due") }
        if result.status.isSuccess { return }
        let reason = result.stderr.split(separator: "\n").last.map { String($0.prefix(300)) } ?? "\(result.status)"
        throw Self.failure(result, address, reason, hadPart: !continuation.isEmpty)
    }

    /// Whether a server will not send the rest of a file: it knows no ranges, or the part is none of its file.
    private static func cannotContinue(_ result: Tool.Outcome) -> Bool {
        result.status == .exited(33) || (result.status == .exited(22) && result.stdout.hasSuffix("416"))
    }

    private static func size(of file: FilePath) -> Int { (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0 }

    /// The hash of a file's content, in lower-case hexadecimal.
    static func sha256(of file: FilePath) throws -> String {
        let descriptor = try SystemPackage.FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        defer { try? descriptor.close() }
        var running = RunningDigest()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            if count == 0 { break }
            running.update(buffer[..<count])
        }
        return running.digest.hexadecimal
    }

    static func sha256(of text: String) -> String { Digest(of: text).hexadecimal }

    /// What curl's exit status stands for (curl(1), EXIT CODES), and which of it passes.
    private static func failure(_ result: Tool.Outcome, _ address: String, _ reason: String, hadPart: Bool) -> Failure {
        func failed(_ code: CatalogueError.Code, _ detail: String = "", isPassing: Bool = false) -> Failure {
            Failure(error: CatalogueError(code, subject: address, detail: detail), isPassing: isPassing)
        }
        guard case .exited(let code) = result.status else { return failed(.unreachable, reason) }
        let status = Int(result.stdout.suffix(3)) ?? 0
        return switch code {
        case 22 where status == 404: failed(.notFound)
        case 22, 33:
            failed(.refused, "HTTP \(status)", isPassing: [408, 429].contains(status) || status >= 500 || (hadPart && cannotContinue(result)))
        case 28: failed(.slow, reason, isPassing: true)
        case 23: failed(.noSpace, reason)
        case 18, 52, 55, 56, 92: failed(.interrupted, reason, isPassing: true)
        default: failed(.unreachable, reason)
        }
    }
}
