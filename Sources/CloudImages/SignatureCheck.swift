import Foundation
import SystemPackage

/// Checks OpenPGP signatures by `gpgv`, and that it was one certain key that signed: an image's maker is known by a fingerprint, and
/// a key that comes with the image proves nothing by itself.
struct SignatureCheck: Sendable {
    /// The public key, armoured or not.
    let key: FilePath
    /// Of the primary key, in hexadecimal, blanks allowed.
    let fingerprint: String
    let tools: ImageTools

    enum Form: Hashable, Sendable {
        /// The signature stands in a file of its own.
        case detached(FilePath)
        /// The text and its signature are one file.
        case clear
    }

    /// - Parameter subject: What was signed, for errors.
    /// - Returns: What is signed, and nothing around it.
    /// - Throws: `CloudImageError` (`badSignature`, `unreadable`, `toolMissing`), `CancellationError`.
    func signedContent(of file: FilePath, _ form: Form, subject: String, work folder: FilePath) async throws -> String {
        let keyring = folder.appending("key.gpg")
        guard let key = FileManager.default.contents(atPath: key.string).map(Array.init), let binary = Self.binary(key) else {
            throw CloudImageError(.unreadable, subject: key.string, detail: "it is no OpenPGP key")
        }
        try ImageFile.write(binary, to: keyring)
        let signed: FilePath
        var arguments = ["--keyring", keyring.string, "--status-fd", "1"]
        switch form {
        case .detached(let signature):
            signed = file
            arguments += ["--", signature.string, file.string]
        case .clear:
            signed = folder.appending("signed")
            arguments += ["--output", signed.string, "--", file.string]
        }
        let result = try await tools.run("gpgv", package: "gpgv", arguments)
        guard vouches(result), let text = try? String(contentsOfFile: signed.string, encoding: .utf8) else {
            let lines = result.stderr.split(separator: "\n").filter { $0.hasPrefix("gpgv: ") }.map { $0.dropFirst("gpgv: ".count) }
            throw CloudImageError(.badSignature, subject: subject, detail: "\(lines.last ?? "nothing is signed"); the key must be \(wanted)")
        }
        return text
    }

    private var wanted: String { fingerprint.filter(\.isHexDigit).uppercased() }

    /// `VALIDSIG` ends with the fingerprint of the primary key (gnupg's doc/DETAILS).
    private func vouches(_ result: ImageTools.Outcome) -> Bool {
        let lines = result.stdout.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count > 1 }
        let isValid = lines.contains { $0[1] == "VALIDSIG" && $0.last.map(String.init) == wanted }
        return isValid && !wanted.isEmpty && !lines.contains { ["BADSIG", "EXPKEYSIG", "REVKEYSIG"].contains($0[1]) }
    }

    /// What gpgv reads: the key without its armour (RFC 9580, section 6.2).
    static func binary(_ key: [UInt8]) -> [UInt8]? {
        guard let first = key.first else { return nil }
        // A packet's first byte has its highest bit set.
        if first & 0x80 != 0 { return key }
        let lines = String(decoding: key, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK") }),
            let end = lines[begin...].firstIndex(where: { $0.hasPrefix("-----END PGP PUBLIC KEY BLOCK") }),
            let blank = lines[begin..<end].firstIndex(where: { $0.allSatisfy(\.isWhitespace) })
        else { return nil }
        let text = lines[(blank + 1)..<end].filter { !$0.hasPrefix("=") }.joined()
        return Data(base64Encoded: text).map(Array.init)
    }
}
