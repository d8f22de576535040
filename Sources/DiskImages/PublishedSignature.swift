import Foundation
import HostTools
import SystemPackage

/// Checks that one of several keys signed. The publisher is identified by a fingerprint: a key that is fetched with the image proves nothing.
struct PublishedSignature: Sendable {
    /// The public keys, armoured or not.
    let key: FilePath
    /// The fingerprints of the primary keys, in hexadecimal, blanks allowed. One of them must have signed; empty to trust every key.
    let fingerprints: [String]
    let tools: ImageTools

    /// Checks a file with a detached signature.
    ///
    /// - Parameters:
    ///   - subject: The name of the signed file, for errors.
    ///   - folder: A folder for temporary files.
    /// - Throws: `DiskImageError` (`badSignature`, `unreadable`, `toolMissing`), `CancellationError`.
    func verify(_ file: FilePath, signature: FilePath, subject: String, work folder: FilePath) async throws {
        try await withVerifier(subject, folder) { try await $0.check(file, against: signature) }
    }

    /// Checks a text with an embedded signature.
    /// - Returns: The signed text only.
    func signedText(of file: FilePath, subject: String, work folder: FilePath) async throws -> String {
        try await withVerifier(subject, folder) { try await $0.text(signedIn: file) }
    }

    private func withVerifier<Value>(_ subject: String, _ folder: FilePath, _ body: (SignatureVerifier) async throws -> Value) async throws -> Value {
        let keyring = folder.appending("key.gpg")
        guard let bytes = FileManager.default.contents(atPath: key.string), let keys = OpenPGPKeys(Array(bytes)), !keys.keys.isEmpty else {
            throw DiskImageError(.unreadable, subject: key.string, detail: "it is not an OpenPGP key")
        }
        try ImageFile.write(keys.keys.flatMap(\.self), to: keyring)
        defer { try? FileManager.default.removeItem(atPath: keyring.string) }
        do {
            return try await body(
                SignatureVerifier(keyrings: [keyring], fingerprints: wanted, listing: KeyListing(launcher: tools.launcher), launcher: tools.launcher))
        } catch let error as SignatureError {
            let key = wanted.isEmpty ? "" : "; the key must be \(wanted.sorted().joined(separator: " or "))"
            throw DiskImageError(.badSignature, subject: subject, detail: "\(error)\(key)")
        } catch let error as HostToolError {
            throw DiskImageError(error, subject: subject)
        }
    }

    private var wanted: Set<String> { Set(fingerprints.map { $0.filter(\.isHexDigit).uppercased() }.filter { !$0.isEmpty }) }
}
