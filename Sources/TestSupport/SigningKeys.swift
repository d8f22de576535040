import Foundation
public import SystemPackage

/// A home of gpg with keys of a test's own, none of which has a passphrase.
public struct SigningKeys: Sendable {
    public let home: FilePath

    public init(in folder: FilePath) throws {
        home = folder.appending("gnupg")
        try FileManager.default.createDirectory(atPath: home.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Runs gpg and returns its output.
    @discardableResult
    public func gpg(_ arguments: [String]) async throws -> String {
        let output = try await DebianRepository.tool(
            "gpg", ["--homedir", home.string, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""] + arguments)
        await endAgent()
        return output
    }

    /// Makes a key and returns its fingerprint.
    @discardableResult
    public func make(_ name: String, _ algorithm: String = "ed25519", expires: String = "never", further: [String] = []) async throws -> String {
        try await gpg(further + ["--quick-generate-key", name, algorithm, "sign", expires])
        let listing = try await gpg(["--with-colons", "--list-keys", name])
        let record = listing.split(separator: "\n").first { $0.hasPrefix("fpr:") }
        guard let fingerprint = record?.split(separator: ":").last else { throw ToolFailure(tool: "gpg", status: "no fingerprint", complaint: listing) }
        return String(fingerprint)
    }

    /// The agent that gpg starts would outlive the test.
    /// One that cannot be reached ends once its folder is gone, so that a failure is not the test's.
    func endAgent() async { _ = try? await DebianRepository.tool("gpgconf", ["--homedir", home.string, "--kill", "gpg-agent"]) }
}
