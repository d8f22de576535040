import Foundation
public import SystemPackage

/// Verifies OpenPGP signatures with gpgv under one policy: a key that counts, valid today, of at least 2048 bits where it is RSA, and a
/// digest of the SHA-2 family.
public struct SignatureVerifier: Sendable {
    /// Files of binary keys; one of the keys must have signed.
    public let keyrings: [FilePath]
    /// Of the primary keys that count; empty where each key of the keyrings does.
    public let fingerprints: Set<String>
    private let listing: KeyListing
    private let launcher: ToolLauncher

    public init(keyrings: [FilePath], fingerprints: Set<String> = [], listing: KeyListing = KeyListing(), launcher: ToolLauncher = ToolLauncher()) {
        self.keyrings = keyrings
        self.fingerprints = fingerprints
        self.listing = listing
        self.launcher = launcher
    }

    /// What an inline signature covers, and nothing around it: an attacker may put anything outside the signed part.
    /// - Throws: `SignatureError`, `HostToolError`, `CancellationError`.
    public func text(signedIn file: FilePath) async throws -> String {
        let signed = FilePath(file.string + ".signed")
        defer { unlink(signed.string) }
        unlink(signed.string)
        try await check(["--output", signed.string, "--", file.string])
        guard let text = try? String(contentsOfFile: signed.string, encoding: .utf8) else { throw SignatureError(.unsigned) }
        return text
    }

    /// Checks a signature in a file of its own.
    /// - Throws: `SignatureError`, `HostToolError`, `CancellationError`.
    public func check(_ file: FilePath, against signature: FilePath) async throws { try await check(["--", signature.string, file.string]) }

    private func check(_ arguments: [String]) async throws {
        let outcome = try await launcher.run(.gpgv, keyrings.flatMap { ["--keyring", $0.string] } + ["--status-fd", "1"] + arguments)
        let found = SignatureStatus.all(in: outcome.stdout)
        guard !found.isEmpty else {
            let reason = outcome.stderr.split(whereSeparator: \.isNewline).last.map { $0.hasPrefix("gpgv: ") ? $0.dropFirst("gpgv: ".count) : $0 }
            throw SignatureError(outcome.stdout.contains("NODATA") || reason == nil ? .unsigned : .unreadable(String(reason?.prefix(200) ?? "")))
        }
        // gpgv fails too when one of several signatures is by a key that the keyring lacks, as a newer release's are for an older one.
        if found.contains(where: { $0.state == .bad }) { throw SignatureError(.forged) }
        var complaint: SignatureError?
        for signature in found {
            do {
                return try await judge(signature)
            } catch let error as SignatureError {
                // What is wrong with a key that counts says more than that somebody else signed too.
                if complaint == nil || error.isOfKnownKey { complaint = error }
            }
        }
        throw complaint ?? SignatureError(.unsigned)
    }

    private func judge(_ signature: SignatureStatus) async throws {
        let owner = signature.owner
        switch signature.state {
        case .good: break
        case .bad: throw SignatureError(.forged)
        case .unknownKey: throw SignatureError(.stranger(keys: [signature.key]))
        case .keyExpired: throw SignatureError(.keyExpired(owner: owner, day: signature.keyExpiry.map(Self.day) ?? "an earlier day"))
        case .keyRevoked: throw SignatureError(.keyRevoked(owner: owner))
        case .expired: throw SignatureError(.signatureExpired)
        case .unreadable: throw SignatureError(.unreadable("its algorithm is not known here"))
        }
        guard let valid = signature.validity else { throw SignatureError(.unsigned) }
        guard fingerprints.isEmpty || fingerprints.contains(valid.primary) else { throw SignatureError(.stranger(keys: [valid.primary])) }
        if let name = Self.weakDigests[valid.digest] { throw SignatureError(.weakDigest(name)) }
        if valid.algorithm == 17 { throw SignatureError(.weakKey("DSA")) }
        guard valid.algorithm <= 3 else { return }
        for keyring in keyrings {
            let part = try await listing.records(in: keyring).lazy.flatMap(\.parts).first { $0.fingerprint == valid.fingerprint }
            guard let part else { continue }
            guard part.bits >= 2048 else { throw SignatureError(.weakKey("RSA with \(part.bits) bits")) }
            return
        }
    }

    /// RFC 9580, section 9.5.
    private static let weakDigests = [1: "MD5", 2: "SHA-1", 3: "RIPEMD-160"]

    private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
}

extension SignatureError {
    fileprivate var isOfKnownKey: Bool { if case .stranger = reason { false } else { true } }
}

/// One signature as gpgv reports it on its status descriptor (gnupg's doc/DETAILS, "Format of the --status-fd output").
struct SignatureStatus {
    enum State { case good, bad, unknownKey, keyExpired, keyRevoked, expired, unreadable }

    struct Validity {
        /// Of the key that signed, which may be a subkey.
        let fingerprint: String
        let algorithm: Int
        let digest: Int
        let primary: String
    }

    var state: State
    var key = ""
    var owner = ""
    var keyExpiry: Date?
    var validity: Validity?

    static func all(in status: String) -> [SignatureStatus] {
        var found: [SignatureStatus] = []
        var keyExpiry: Date?
        for line in status.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 1, words[0] == "[GNUPG:]" else { continue }
            func add(_ state: State) {
                found.append(
                    SignatureStatus(state: state, key: words.count > 2 ? words[2] : "", owner: words.dropFirst(3).joined(separator: " "), keyExpiry: keyExpiry))
            }
            switch words[1] {
            case "NEWSIG": keyExpiry = nil
            case "KEYEXPIRED": keyExpiry = words.count > 2 ? TimeInterval(words[2]).map { Date(timeIntervalSince1970: $0) } : nil
            case "GOODSIG": add(.good)
            case "BADSIG": add(.bad)
            case "EXPSIG": add(.expired)
            case "EXPKEYSIG": add(.keyExpired)
            case "REVKEYSIG": add(.keyRevoked)
            // The reason 9 is a key that is not there.
            case "ERRSIG": add(words.count > 7 && words[7] == "9" ? .unknownKey : .unreadable)
            case "VALIDSIG" where words.count > 9 && !found.isEmpty:
                found[found.count - 1].validity = Validity(
                    fingerprint: words[2], algorithm: Int(words[8]) ?? 0, digest: Int(words[9]) ?? 0, primary: words.count > 11 ? words[11] : words[2])
            default: break
            }
        }
        return found
    }
}
