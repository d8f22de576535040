import ArtefactCache
import Foundation
import HostTools
import SystemPackage

/// A suite's signed `InRelease` file, after the check of its signature (wiki.debian.org/DebianRepository/Format).
struct ReleaseFile: Sendable {
    struct Entry: Hashable, Sendable {
        let size: Int
        let checksum: Checksum
    }

    /// The files whose hashes the release contains, by their path below the suite.
    let files: [String: Entry]
    let validUntil: Date?
    /// The names that the suite has for itself: its codename and its rank, such as `stable`.
    let names: [String]

    /// Reads the text that the signature covers.
    init(verified text: String, address: String) throws {
        guard let stanza = ControlStanza.parse(text).first, case let listings = [stanza["SHA256"], stanza["SHA512"]].compactMap(\.self), !listings.isEmpty
        else {
            throw CatalogueError(.malformedIndex, subject: address, detail: "it lists no SHA-256 or SHA-512 sums")
        }
        var files: [String: Entry] = [:]
        // A suite lists hundreds of files, of which only the package indices are needed.
        for line in listings.joined(separator: "\n").split(separator: "\n") where line.utf8.count < 512 && line.contains("/Packages") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let size = Int(words[1]), size >= 0, let checksum = Checksum(words[0]), files[String(words[2])] == nil else { continue }
            files[String(words[2])] = Entry(size: size, checksum: checksum)
        }
        self.files = files
        names = ["Codename", "Suite"].compactMap { stanza[$0] }
        if let text = stanza["Valid-Until"] {
            guard let date = Self.date(text) else {
                throw CatalogueError(.malformedIndex, subject: address, detail: "'\(text.prefix(60))' is not a date of Valid-Until")
            }
            validUntil = date
        } else {
            validUntil = nil
        }
    }

    /// `Sat, 02 Aug 2025 20:35:43 UTC`; some write the zone as a number.
    static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        let text = text.trimmingCharacters(in: .whitespaces)
        return ["EEE, dd MMM yyyy HH:mm:ss 'UTC'", "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEE, dd MMM yyyy HH:mm:ss Z", "EEE, dd MMM yyyy HH:mm:ss 'Z'"].lazy
            .compactMap { form in
                formatter.dateFormat = form
                return formatter.date(from: text)
            }.first
    }

    /// Fetches a suite's release file (or reads the cached one when offline), checks its signature, and parses only the signed text.
    /// - Returns: Nil when the archive has no such suite; when offline, if it had none the last time.
    static func load(_ address: String, suite: String, signature: SignatureVerifier, transfer: Transfer) async throws -> ReleaseFile? {
        let settings = transfer.settings
        let folder = settings.cache.root.appending("release")
        let kept = folder.appending(Transfer.digest(of: address) + ".InRelease")
        let absence = FilePath(kept.string + ".absent")
        let fresh = FilePath(kept.string + ".\(getpid()).\(UUID().uuidString)")
        defer { unlink(fresh.string) }
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
        let text = try await CatalogueError.signed(address) { try await signature.text(signedIn: fresh) }
        let release = try ReleaseFile(verified: text, address: address)
        // A valid signature on another suite's file says nothing about this suite.
        guard release.names.contains(suite) else {
            throw CatalogueError(.malformedIndex, subject: address, detail: "it is the release file of '\(release.names.joined(separator: ", "))'")
        }
        // Cached only after the check, and replaced as a whole.
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

    /// Whether the index has expired, and whether that is accepted.
    /// - Returns: The days it is late, when that is accepted; nil when it is not late.
    /// - Throws: `CatalogueError` with `expired`.
    func checkFreshness(_ address: String, settings: CatalogueSettings, now: Date = Date()) throws -> Int? {
        guard let validUntil, now > validUntil else { return nil }
        let days = Int(now.timeIntervalSince(validUntil) / 86_400)
        let late = "\(days) days ago, on \(validUntil.formatted(.iso8601.year().month().day()))"
        let isTolerable = now.timeIntervalSince(validUntil) <= CatalogueSettings.tolerance
        guard !settings.strictFreshness, isTolerable || settings.allowExpired else { throw CatalogueError(.expired, subject: address, detail: late) }
        return days
    }
}
