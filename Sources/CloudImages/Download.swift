import Foundation
import Subprocess
import SystemPackage

/// How files are fetched.
public struct DownloadSettings: Hashable, Sendable {
    /// Use the cache only.
    public var offline: Bool
    /// How long a connection, or a transfer slower than 1 kB/s, is waited for, in seconds.
    public var patience: Int
    /// How often a transfer that failed by bad luck is tried again.
    public var retries: Int

    public init(offline: Bool = false, patience: Int = 20, retries: Int = 3) {
        self.offline = offline
        self.patience = patience
        self.retries = retries
    }
}

/// Fetches files by the `curl` program, which brings proxies, redirections and TLS with it. What is large goes on where an earlier
/// attempt broke off, be it of this process or of one before.
struct Download: Sendable {
    let settings: DownloadSettings
    var tools = ImageTools()

    /// What a server said that wants to know who asks.
    struct Challenge: Error, Hashable {
        let address: String
        /// The header `WWW-Authenticate`.
        let text: String
    }

    /// - Parameters:
    ///   - limit: The most bytes that are taken.
    ///   - resumes: Whether what is in the file already is the beginning of what is fetched.
    ///   - headers: `Name: value`. They go to the address's own host only.
    /// - Throws: `CloudImageError` (`offline`, `unreachable`, `refused`, `notFound`, `tooLarge`, `noSpace`, `toolMissing`), `Challenge`
    ///   for the status 401, `CancellationError`.
    func fetch(_ address: String, to file: FilePath, limit: Int, resumes: Bool = false, headers: [String] = []) async throws {
        if settings.offline { throw CloudImageError(.offline, subject: address) }
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else { throw CloudImageError(.unreachable, subject: address, detail: "only http and https are fetched") }
        // The retries of a resumed transfer begin where the failed one ended; curl's own would begin anew.
        for attempt in 0... {
            let isLast = !resumes || attempt >= settings.retries
            do {
                return try await transfer(address, to: file, limit: limit, resumes: resumes, headers: headers)
            } catch let error as CloudImageError where error.code == .unreachable && !isLast {
                try await Task.sleep(for: .seconds(min(1 << attempt, 30)))
            }
        }
    }

    private func transfer(_ address: String, to file: FilePath, limit: Int, resumes: Bool, headers: [String]) async throws {
        let had = size(of: file)
        let arguments = [
            "--silent", "--show-error", "--fail", "--location", "--globoff", "--max-redirs", "5", "--proto", "=http,https", "--connect-timeout", "\(settings.patience)",
            "--speed-limit", "1000", "--speed-time", "\(settings.patience)", "--retry", "\(resumes ? 0 : settings.retries)", "--retry-max-time", "120",
            "--max-filesize", "\(limit)", "--write-out", "%{http_code} %header{www-authenticate}", "--header", "@-",
        ] + (resumes && had > 0 ? ["--continue-at", "-"] : []) + ["--output", file.string, "--", address]
        let result = try await run(arguments, headers)
        let said = result.stdout.split(separator: " ", maxSplits: 1).map(String.init)
        let status = said.first.flatMap { Int($0) } ?? 0
        guard case .exited(let code) = result.status else { throw CloudImageError(.unreachable, subject: address, detail: "\(result.status)") }
        switch code {
        case 0:
            // A server that does not say the length beforehand gets past --max-filesize.
            guard size(of: file) <= limit else { throw tooLarge(address, file) }
        case 22 where status == 416 && resumes: return  // Nothing is left to fetch; what is there is judged by its hash.
        case 33 where resumes: // The server cannot begin in the middle.
            try? FileManager.default.removeItem(atPath: file.string)
            try await transfer(address, to: file, limit: limit, resumes: true, headers: headers)
        case 22 where status == 401: throw Challenge(address: address, text: said.count > 1 ? said[1].trimmingCharacters(in: .whitespacesAndNewlines) : "")
        case 22 where status == 404: throw CloudImageError(.notFound, subject: address)
        case 22: throw CloudImageError(.refused, subject: address, detail: "HTTP \(status)")
        case 23: throw CloudImageError(.noSpace, subject: file.string, detail: result.complaint)
        case 63: throw tooLarge(address, file)
        default: throw CloudImageError(.unreachable, subject: address, detail: result.complaint)
        }
    }

    private func run(_ arguments: [String], _ headers: [String]) async throws -> ImageTools.Outcome {
        try await tools.run("curl", package: "curl", arguments, input: headers.map { $0 + "\n" }.joined())
    }

    private func tooLarge(_ address: String, _ file: FilePath) -> CloudImageError {
        CloudImageError(.tooLarge, subject: address, detail: "\(size(of: file)) bytes and more")
    }

    private func size(of file: FilePath) -> Int { (try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int) ?? 0 }
}
