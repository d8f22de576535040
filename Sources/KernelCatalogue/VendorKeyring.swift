import ArtefactCache
import Digests
import Foundation
import HostTools
import SystemPackage

/// A keyring with the keys of one vendor only, so that a good signature proves the vendor.
struct VendorKeyring {
    private let folder: FilePath
    private let listing: KeyListing

    var verifier: SignatureVerifier { SignatureVerifier(keyrings: [file], listing: listing) }

    /// The keys in the format of gpgv and apt.
    var file: FilePath { folder.appending(Self.keyring) }

    /// The key database for `rpmkeys`.
    var database: FilePath { folder.appending("rpmdb") }

    private static let keyring = "keyring.gpg"

    /// Collects the keys whose fingerprints the catalogue states. If the settings name a keyring for the vendor, all of its keys are trusted
    /// instead.
    /// - Throws: `CatalogueError` with `untrusted`, `toolMissing`; `CancellationError`.
    init(for vendor: DistributionRepository.Vendor, forPackages: Bool, _ settings: CatalogueSettings, listing: KeyListing = KeyListing()) async throws {
        let store = KeyStore(settings: settings)
        self.listing = listing
        let keys: [PublicKey]
        if let named = try store.named(vendor.name) {
            keys = try await Self.keys(of: named, vendor.name, store)
        } else {
            keys = try await Self.keys(of: vendor, store)
        }
        let content = keys.map { Digest(of: $0.bytes).hexadecimal }
        let kind = forPackages ? "rpm-keyring" : "keyring"
        folder = try await settings.cache.entry(kind: kind, key: Transfer.digest(of: content.sorted().joined(separator: "\n"))) { folder in
            try Data(keys.flatMap(\.bytes)).write(to: URL(filePath: folder.appending(Self.keyring).string))
            for key in forPackages ? keys : [] {
                let file = folder.appending("\(key.record.fingerprint).asc")
                try Data(Self.armoured(key.bytes).utf8).write(to: URL(filePath: file.string))
                do {
                    try await ToolLauncher().succeed(.rpmkeys, ["--dbpath", folder.appending("rpmdb").string, "--import", file.string])
                } catch let error as HostToolError {
                    throw CatalogueError(error, subject: vendor.name, failure: .untrusted)
                }
            }
        }
    }

    private static func keys(of vendor: DistributionRepository.Vendor, _ store: KeyStore) async throws -> [PublicKey] {
        guard !vendor.keys.isEmpty else { throw CatalogueError(.untrusted, subject: vendor.name, detail: "the catalogue states no fingerprint of its keys") }
        var keys: [PublicKey] = []
        var failure: CatalogueError?
        for key in vendor.keys {
            do { keys.append(try await store.key(key)) } catch let error as CatalogueError { failure = failure ?? error }
        }
        // One key of several is enough to start: one of them signed the release.
        if keys.isEmpty, let failure {
            if [.toolMissing, .noSpace].contains(failure.code) { throw failure }
            throw CatalogueError(
                .untrusted, subject: vendor.name, detail: failure.code == .untrusted ? failure.detail : "its key cannot be fetched: \(failure.reason)")
        }
        return keys
    }

    static func keys(of file: FilePath, _ vendor: String, _ store: KeyStore) async throws -> [PublicKey] {
        func untrusted(_ reason: String) -> CatalogueError { CatalogueError(.untrusted, subject: vendor, detail: reason) }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.string, isDirectory: &isFolder) else { throw untrusted("its keyring '\(file)' is not there") }
        if isFolder.boolValue { throw untrusted("its keyring '\(file)' is a folder; name the file in it") }
        guard FileManager.default.isReadableFile(atPath: file.string) else { throw untrusted("its keyring '\(file)' cannot be read") }
        guard let found = try await store.keys(in: file) else { throw untrusted("'\(file)' is not a file of OpenPGP public keys") }
        guard !found.keys.isEmpty else {
            throw untrusted(found.skipped > 0 ? "'\(file)' holds only keys of OpenPGP version 6, which gpgv cannot read" : "'\(file)' holds no public key")
        }
        return found.keys
    }

    /// rpm accepts keys only as armoured text with a checksum (RFC 4880, sections 6.1 and 6.2).
    private static func armoured(_ key: [UInt8]) -> String {
        let text = Data(key).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        var sum: UInt32 = 0xB704CE
        for byte in key {
            sum ^= UInt32(byte) << 16
            for _ in 0..<8 { sum = sum & 0x80_0000 == 0 ? sum << 1 : sum << 1 ^ 0x186_4CFB }
        }
        let tail = Data([UInt8(sum >> 16 & 0xFF), UInt8(sum >> 8 & 0xFF), UInt8(sum & 0xFF)]).base64EncodedString()
        return "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n\(text)\n=\(tail)\n-----END PGP PUBLIC KEY BLOCK-----\n"
    }
}
