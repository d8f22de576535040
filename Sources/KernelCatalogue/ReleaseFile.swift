import ArtefactCache
import Foundation
import Subprocess
import SystemPackage

/// A suite's signed `InRelease` file, once its signature was checked (wiki.debian.org/DebianRepository/Format).
struct ReleaseFile: Sendable {
    struct Entry: Hashable, Sendable {
        let size: Int
        let sha256: String
    }

    /// The files the release vouches for, by their path below the suite.
    let files: [String: Entry]
    let validUntil: Date?
    /// What the suite calls itself: its codename and, as `stable`, its present rank.
    let names: [String]

    /// Reads the text that the signature covers.
    init(verified text: String, address: String) throws {
        guard let stanza = ControlStanza.parse(text).first, let listing = stanza["SHA256"] else {
            throw CatalogueError(.malformedIndex, subject: address, detail: "it lists no SHA256 sums")
        }
        var files: [String: Entry] = [:]
        for line in listing.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let size = Int(words[1]), words[0].utf8.count == 64 else { continue }
            files[String(words[2])] = Entry(size: size, sha256: String(words[0]))
        }
        self.files = files
        names = ["Codename", "Suite"].compactMap { stanza[$0] }
        if let text = stanza["Valid-Until"] {
            guard let date = Self.date(text) else {
                throw CatalogueError(.malformedIndex, subject: address, detail: "'\(text.prefix(60))' is no date of Valid-Until")
            }
            validUntil = date
        } else {
            validUntil = nil
        }
    }

    /// `Sat, 02 Aug 2025 20:35:43 UTC`
    static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'UTC'"
        return formatter.date(from: text)
    }

    /// Fetches a suite's release file (or takes the kept one when offline), checks its signature, and reads only what is signed.
    /// - Parameter folder: Where the file is kept between runs.
    /// - Returns: nil when the archive has no such suite; for an offline run, when it had none the last time.
    static func load(_ address: String, suite: DebianSuite, keptIn folder: FilePath, transfer: Transfer) async throws -> ReleaseFile? {
        let settings = transfer.settings
        let kept = folder.appending(Transfer.sha256(of: address) + ".InRelease")
        let absence = FilePath(kept.string + ".absent")
        let fresh = FilePath(kept.string + ".\(getpid()).\(UUID().uuidString)")
        defer {
            try? FileManager.default.removeItem(atPath: fresh.string)
            try? FileManager.default.removeItem(atPath: fresh.string + ".signed")
        }
        try makeFolder(folder)
        if settings.offline {
            if FileManager.default.fileExists(atPath: absence.string) { return nil }
            guard (try? FileManager.default.copyItem(atPath: kept.string, toPath: fresh.string)) != nil else {
                throw CatalogueError(.offline, subject: address)
            }
        } else {
            do {
                try await transfer.fetch(address, to: fresh, limit: 8 << 20)
            } catch let error as CatalogueError where error.code == .notFound {
                try? Data().write(to: URL(filePath: absence.string))
                return nil
            }
        }
        let text = try await verifiedText(of: fresh, address: address, keyrings: settings.keyrings)
        let release = try ReleaseFile(verified: text, address: address)
        // A good signature under another suite's file says nothing of this suite.
        guard release.names.contains(suite.name) else {
            throw CatalogueError(.malformedIndex, subject: address, detail: "it is the release file of '\(release.names.joined(separator: ", "))'")
        }
        // Kept only once it is known to be good, and replaced as a whole.
        if !settings.offline {
            rename(fresh.string, kept.string)
            unlink(absence.string)
        }
        return release
    }

    private static func makeFolder(_ folder: FilePath) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
            throw CacheError(path: folder, errno: Errno(rawValue: code ?? EIO))
        }
    }

    /// What gpgv says is signed, and nothing around it: an attacker may put anything outside the signed part.
    private static func verifiedText(of file: FilePath, address: String, keyrings: [FilePath]) async throws -> String {
        let present = keyrings.filter { FileManager.default.isReadableFile(atPath: $0.string) }
        guard !present.isEmpty else { throw CatalogueError(.toolMissing, subject: keyrings.first?.string ?? "keyring", detail: "debian-archive-keyring") }
        let signed = FilePath(file.string + ".signed")
        let arguments = present.flatMap { ["--keyring", $0.string] } + ["--status-fd", "1", "--output", signed.string, "--", file.string]
        let result = try await Tool.run("gpgv", package: "gpgv", arguments: arguments)
        guard let text = try? String(contentsOfFile: signed.string, encoding: .utf8), vouches(result) else {
            let lines = result.stderr.split(separator: "\n").filter { !$0.hasPrefix("gpgv:                using") }
            let reason = lines.suffix(2).map { $0.hasPrefix("gpgv: ") ? $0.dropFirst("gpgv: ".count) : $0 }.joined(separator: "; ")
            throw CatalogueError(.badSignature, subject: address, detail: reason.isEmpty ? "\(result.status)" : reason)
        }
        return text
    }

    /// Whether one of the keys signed, and nothing spoke against it (gnupg's doc/DETAILS, status codes).
    ///
    /// gpgv fails as well when one of several signatures is by a key that the keyring lacks, as a newer release's are for an older keyring.
    private static func vouches(_ result: Tool.Outcome) -> Bool {
        let words = result.stdout.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
        guard words.contains("GOODSIG"), !words.contains("BADSIG") else { return false }
        return result.status.isSuccess || (result.status == .exited(2) && words.contains("NO_PUBKEY") && !words.contains("NODATA"))
    }

    /// Whether the index is late, and whether that is accepted.
    /// - Returns: A warning when it is late and accepted; nil when it is not late.
    /// - Throws: `CatalogueError` with `expired`.
    func checkFreshness(_ address: String, settings: CatalogueSettings, now: Date = Date()) throws -> String? {
        guard let validUntil, now > validUntil else { return nil }
        let days = Int(now.timeIntervalSince(validUntil) / 86_400)
        let late = "\(days) days ago, on \(validUntil.formatted(.iso8601.year().month().day()))"
        let isTolerable = now.timeIntervalSince(validUntil) <= CatalogueSettings.tolerance
        guard !settings.strictFreshness, isTolerable || settings.allowExpired else { throw CatalogueError(.expired, subject: address, detail: late) }
        return "'\(address)' is past its Valid-Until date (\(late)) and is used all the same; newer kernels may exist"
    }
}
