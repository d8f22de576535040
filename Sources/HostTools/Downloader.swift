import Digests
import Foundation
public import SystemPackage

/// Fetches files with curl, which brings proxies, redirects, resumption and TLS.
public struct Downloader: Sendable {
    public let settings: DownloadSettings
    private let launcher: ToolLauncher

    public init(settings: DownloadSettings = DownloadSettings(), launcher: ToolLauncher = ToolLauncher()) {
        self.settings = settings
        self.launcher = launcher
    }

    /// Fetches an address into a file.
    /// - Parameters:
    ///   - limit: The most bytes that are accepted.
    ///   - resumes: Whether what is in the file already is the beginning of what is fetched. Whoever resumes checks a digest.
    ///   - headers: `Name: value`. They go to the address's own host only.
    /// - Throws: `DownloadError`, `HostToolError` when curl is missing, `DownloadChallenge`, `CancellationError`.
    public func fetch(_ address: String, to file: FilePath, limit: Int, resumes: Bool = false, headers: [String] = []) async throws {
        if settings.offline { throw DownloadError(.offline, address) }
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else { throw DownloadError(.badAddress, address) }
        var pause = settings.pause
        for left in stride(from: settings.retries, through: 0, by: -1) {
            do {
                return try await attempt(address, to: file, limit: limit, resumes: resumes, headers: headers)
            } catch let failure as Failure {
                guard failure.isPassing, left > 0 else { throw failure.error }
            }
            try await Task.sleep(for: pause)
            pause *= 2
        }
    }

    /// Fetches a file that an index describes, and checks that it is that file. What came before a transfer broke off is kept under its
    /// digest, and the next transfer continues from there, in this process or another.
    /// - Parameter partial: Where that is kept.
    /// - Throws: As above, and `DownloadError` with `wrongSize` or `wrongDigest`.
    public func fetch(_ address: String, to file: FilePath, size: Int, checksum: Checksum, partial folder: FilePath) async throws {
        try? FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let partial = folder.appending(checksum.hexadecimal)
        var wasThere = FileChecksum.size(of: partial) > 0
        while true {
            if FileChecksum.size(of: partial) >= size { unlink(partial.string) }
            try await fetch(address, to: partial, limit: size, resumes: true)
            let found = FileChecksum.size(of: partial)
            let digest = try FileChecksum.hexadecimal(of: partial, checksum.algorithm)
            if found == size, digest == checksum.hexadecimal { break }
            unlink(partial.string)
            // What was kept may have been of another server's file.
            if wasThere {
                wasThere = false
            } else if found != size {
                throw DownloadError(.wrongSize, address, detail: "\(found) bytes instead of \(size)")
            } else {
                throw DownloadError(.wrongDigest, address, detail: "\(digest) instead of \(checksum.hexadecimal)")
            }
        }
        guard rename(partial.string, file.string) == 0 else { throw DownloadError(.noSpace, address, detail: "\(file): \(Errno(rawValue: errno))") }
    }

    private struct Failure: Error {
        let error: DownloadError
        /// Whether the same may succeed the next time.
        let isPassing: Bool
    }

    private func attempt(_ address: String, to file: FilePath, limit: Int, resumes: Bool, headers: [String]) async throws {
        let continues = resumes && FileChecksum.size(of: file) > 0
        let arguments = [
            "--silent", "--show-error", "--fail", "--location", "--globoff", "--max-redirs", "5", "--proto", "=http,https", "--connect-timeout",
            "\(settings.stallTimeout)",
            "--speed-limit", "1000", "--speed-time", "\(settings.stallTimeout)", "--max-filesize", "\(limit)", "--write-out",
            "%{http_code} %header{www-authenticate}",
            "--header", "@-", "--output", file.string,
        ]
        let outcome = try await launcher.run(
            .curl, arguments + (continues ? ["--continue-at", "-"] : []) + ["--", address], input: Array(headers.map { $0 + "\n" }.joined().utf8),
            environment: settings.proxies ?? [:])
        let answer = outcome.stdout.split(separator: " ", maxSplits: 1).map(String.init)
        let status = answer.first.flatMap { Int($0) } ?? 0
        let size = FileChecksum.size(of: file)
        // A server that does not say the length beforehand gets past --max-filesize.
        let isTooLarge = size > limit || outcome.ending == .exited(63)
        // Such a server cannot begin in the middle, or what is there is no part of its file.
        let cannotContinue = continues && (outcome.ending == .exited(33) || status == 416)
        if isTooLarge || cannotContinue { unlink(file.string) }
        // A server that answers with the whole file is asked for it at once: that is not a failure to wait for.
        if cannotContinue { return try await attempt(address, to: file, limit: limit, resumes: false, headers: headers) }
        if isTooLarge { throw Failure(error: DownloadError(.tooLarge, address, detail: "more than the \(limit) bytes that are due"), isPassing: false) }
        if outcome.isSuccess { return }
        if status == 401 { throw DownloadChallenge(address: address, text: answer.count > 1 ? answer[1].trimmingCharacters(in: .whitespacesAndNewlines) : "") }
        throw Self.failure(outcome, address, status)
    }

    /// What curl's exit status means (curl(1), EXIT CODES), and which of it is temporary.
    private static func failure(_ outcome: ToolOutcome, _ address: String, _ status: Int) -> Failure {
        func failed(_ code: DownloadError.Code, _ detail: String = "", isPassing: Bool = false) -> Failure {
            Failure(error: DownloadError(code, address, detail: detail), isPassing: isPassing)
        }
        guard case .exited(let code) = outcome.ending else { return failed(.unreachable, outcome.ending.description) }
        let reason = outcome.complaint
        return switch code {
        case 22 where status == 404 || status == 410: failed(.notFound)
        case 22 where status == 403: failed(.forbidden, "HTTP 403")
        case 22, 33: failed(.refused, "HTTP \(status)", isPassing: [408, 429].contains(status) || status >= 500)
        case 28: failed(.slow, reason, isPassing: true)
        case 23: failed(.noSpace, reason)
        case 18, 52, 55, 56, 92: failed(.interrupted, reason, isPassing: true)
        default: failed(.unreachable, reason)
        }
    }
}
