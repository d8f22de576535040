public import Foundation
public import SystemPackage
import Synchronization

/// What GnuPG says of the public keys in a file.
public struct KeyRecord: Hashable, Sendable {
    /// Of the primary key, in hexadecimal capitals.
    public let fingerprint: String
    /// For people; what the key's owner wrote.
    public let owner: String
    public let expires: Date?
    public let isRevoked: Bool
    /// The primary key and the subkeys.
    public let parts: [Part]

    public struct Part: Hashable, Sendable {
        public let fingerprint: String
        /// As RFC 9580 counts: 1 is RSA, 17 is DSA.
        public let algorithm: Int
        public let bits: Int
    }

    public func isExpired(on day: Date = Date()) -> Bool { expires.map { $0 <= day } ?? false }
}

/// Reads key files with gpg, each once.
public final class KeyListing: Sendable {
    private let known = Mutex<[FilePath: [KeyRecord]]>([:])
    private let launcher: ToolLauncher

    public init(launcher: ToolLauncher = ToolLauncher()) { self.launcher = launcher }

    /// The keys of a file that does not change.
    /// - Throws: `HostToolError`, `CancellationError`.
    public func records(in file: FilePath) async throws -> [KeyRecord] {
        if let records = known.withLock({ $0[file] }) { return records }
        let records = try await read(file)
        known.withLock { $0[file] = records }
        return records
    }

    private func read(_ file: FilePath) async throws -> [KeyRecord] {
        // gpg creates its home folder where it is started.
        let home = FileManager.default.temporaryDirectory.appending(path: "kmatrix-gpg-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: home) }
        let outcome = try await launcher.run(
            .gpg, ["--homedir", home.path, "--batch", "--no-autostart", "--no-auto-check-trustdb", "--with-colons", "--show-keys", "--", file.string])
        return Self.records(outcome.stdout)
    }

    /// gnupg's doc/DETAILS, "Format of the colon listings".
    static func records(_ listing: String) -> [KeyRecord] {
        var records: [KeyRecord] = []
        var primary: (fingerprint: String, expires: Date?, isRevoked: Bool)?
        var owner = ""
        var parts: [KeyRecord.Part] = []
        var pending: (algorithm: Int, bits: Int)?
        func finish() {
            guard let primary else { return }
            records.append(KeyRecord(fingerprint: primary.fingerprint, owner: owner, expires: primary.expires, isRevoked: primary.isRevoked, parts: parts))
        }
        var expiry: Date?
        var isRevoked = false
        var startsKey = false
        for line in listing.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard fields.count > 9 else { continue }
            switch fields[0] {
            case "pub", "sub":
                if fields[0] == "pub" {
                    finish()
                    (primary, owner, parts, startsKey) = (nil, "", [], true)
                    expiry = TimeInterval(fields[6]).map { Date(timeIntervalSince1970: $0) }
                    isRevoked = fields[1] == "r"
                }
                pending = (Int(fields[3]) ?? 0, Int(fields[2]) ?? 0)
            case "fpr":
                if startsKey { primary = (fields[9], expiry, isRevoked) }
                startsKey = false
                if let known = pending { parts.append(KeyRecord.Part(fingerprint: fields[9], algorithm: known.algorithm, bits: known.bits)) }
                pending = nil
            case "uid" where owner.isEmpty: owner = fields[9].replacing("\\x3a", with: ":")
            default: break
            }
        }
        finish()
        return records
    }
}
