import Foundation
import SystemPackage

/// Checks OpenPGP signatures by `gpgv`, and that it was one certain key that signed: an image's maker is known by a fingerprint, and
/// a key that comes with the image proves nothing by itself.
struct SignatureCheck: Sendable {
    /// The public key, armoured or not.
    let key: FilePath
    /// Of the primary keys, in hexadecimal, blanks allowed. One of them must have signed.
    let fingerprints: [String]
    let tools: ImageTools

    /// Checks a file by a signature in a file of its own.
    ///
    /// - Parameters:
    ///   - subject: What was signed, for errors.
    ///   - folder: Takes what the tool needs.
    /// - Throws: `CloudImageError` (`badSignature`, `unreadable`, `toolMissing`), `CancellationError`.
    func verify(_ file: FilePath, signature: FilePath, subject: String, work folder: FilePath) async throws {
        try await check(["--", signature.string, file.string], subject: subject, work: folder)
    }

    /// Checks a text that holds its own signature.
    /// - Returns: What is signed, and nothing around it.
    func signedText(of file: FilePath, subject: String, work folder: FilePath) async throws -> String {
        let signed = folder.appending("signed")
        try await check(["--output", signed.string, "--", file.string], subject: subject, work: folder)
        guard let text = try? String(contentsOfFile: signed.string, encoding: .utf8) else { throw CloudImageError(.badSignature, subject: subject, detail: "nothing is signed") }
        return text
    }

    private func check(_ arguments: [String], subject: String, work folder: FilePath) async throws {
        let keyring = folder.appending("key.gpg")
        guard let key = FileManager.default.contents(atPath: key.string).map(Array.init), let binary = Self.binary(key) else {
            throw CloudImageError(.unreadable, subject: key.string, detail: "it is no OpenPGP key")
        }
        try ImageFile.write(binary, to: keyring)
        defer { try? FileManager.default.removeItem(atPath: keyring.string) }
        let result = try await tools.run("gpgv", package: "gpgv", ["--keyring", keyring.string, "--status-fd", "1"] + arguments)
        guard vouches(result) else {
            let lines = result.stderr.split(separator: "\n").filter { $0.hasPrefix("gpgv: ") }.map { $0.dropFirst("gpgv: ".count) }
            throw CloudImageError(.badSignature, subject: subject, detail: "\(lines.last ?? "nothing is signed"); the key must be \(wanted.joined(separator: " or "))")
        }
    }

    private var wanted: [String] { fingerprints.map { $0.filter(\.isHexDigit).uppercased() }.filter { !$0.isEmpty } }

    /// `VALIDSIG` ends with the fingerprint of the primary key (gnupg's doc/DETAILS).
    private func vouches(_ result: ImageTools.Outcome) -> Bool {
        let lines = result.stdout.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count > 1 }
        let isValid = lines.contains { $0[1] == "VALIDSIG" && wanted.contains(String($0[$0.count - 1])) }
        return isValid && !lines.contains { ["BADSIG", "EXPKEYSIG", "REVKEYSIG"].contains($0[1]) }
    }

    /// What gpgv reads: the key without its armour (RFC 9580, section 6.2).
    static func binary(_ key: [UInt8]) -> [UInt8]? {
        guard let first = key.first else { return nil }
        // A packet's first byte has its highest bit set.
        if first & 0x80 != 0 { return key }
        var rest = String(decoding: key, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        var keys: [UInt8] = []
        while let begin = rest.firstIndex(where: { $0.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK") }) {
            guard let end = rest[begin...].firstIndex(where: { $0.hasPrefix("-----END PGP PUBLIC KEY BLOCK") }),
                let blank = rest[begin..<end].firstIndex(where: { $0.allSatisfy(\.isWhitespace) }),
                let block = Data(base64Encoded: rest[(blank + 1)..<end].filter { !$0.hasPrefix("=") }.joined())
            else { return nil }
            keys += block
            rest = rest[end...].dropFirst()
        }
        return keys.isEmpty ? nil : keys
    }
}
