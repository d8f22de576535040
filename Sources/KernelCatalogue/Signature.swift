import Foundation
import Subprocess
import SystemPackage

/// Checks OpenPGP signatures against keyrings, with gpgv.
struct Signature {
    /// One of the keys in them must have signed.
    let keyrings: [FilePath]

    /// What an inline signature covers, and nothing around it: an attacker may put anything outside the signed part.
    /// - Throws: `CatalogueError` with `badSignature`.
    func text(signedIn file: FilePath, address: String) async throws -> String {
        let signed = FilePath(file.string + ".signed")
        defer { unlink(signed.string) }
        let result = try await Tool.run("gpgv", package: "gpgv", arguments: options + ["--output", signed.string, "--", file.string])
        guard let text = try? String(contentsOfFile: signed.string, encoding: .utf8), Self.vouches(result) else { throw Self.refusal(result, address) }
        return text
    }

    /// Checks a signature that lies beside the file.
    /// - Throws: `CatalogueError` with `badSignature`.
    func check(_ file: FilePath, against signature: FilePath, address: String) async throws {
        let result = try await Tool.run("gpgv", package: "gpgv", arguments: options + ["--", signature.string, file.string])
        guard Self.vouches(result) else { throw Self.refusal(result, address) }
    }

    private var options: [String] { keyrings.flatMap { ["--keyring", $0.string] } + ["--status-fd", "1"] }

    private static func refusal(_ result: Tool.Outcome, _ address: String) -> CatalogueError {
        let lines = result.stderr.split(separator: "\n").filter { !$0.hasPrefix("gpgv:                using") }
        let reason = lines.suffix(2).map { $0.hasPrefix("gpgv: ") ? $0.dropFirst("gpgv: ".count) : $0 }.joined(separator: "; ")
        return CatalogueError(.badSignature, subject: address, detail: reason.isEmpty ? "\(result.status)" : reason)
    }

    /// Whether one of the keys signed, and nothing spoke against it (gnupg's doc/DETAILS, status codes).
    ///
    /// gpgv fails as well when one of several signatures is by a key that the keyring lacks, as a newer release's are for an older keyring.
    private static func vouches(_ result: Tool.Outcome) -> Bool {
        let words = result.stdout.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
        guard words.contains("GOODSIG"), !words.contains("BADSIG") else { return false }
        return result.status.isSuccess || (result.status == .exited(2) && words.contains("NO_PUBKEY") && !words.contains("NODATA"))
    }
}
