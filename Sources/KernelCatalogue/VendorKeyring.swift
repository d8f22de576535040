import ArtefactCache
import Foundation
import Subprocess
import SystemPackage

/// A keyring of one vendor's keys and nobody else's, so that a signature says who signed.
struct VendorKeyring {
    private let folder: FilePath

    var signature: Signature { Signature(keyrings: [folder.appending("keyring.gpg")]) }

    /// What `rpmkeys` looks into.
    var database: FilePath { folder.appending("rpmdb") }

    /// Takes the keys whose fingerprints the catalogue states out of the files that may have them. Of a keyring that the settings name
    /// every key counts: whoever named it vouches for it.
    /// - Throws: `CatalogueError` with `untrusted`, `toolMissing`.
    init(for vendor: DistributionRepository.Vendor, forPackages: Bool, _ settings: CatalogueSettings) async throws {
        func untrusted(_ reason: String) -> CatalogueError { CatalogueError(.untrusted, subject: vendor.name, detail: reason) }
        let named = try settings.vendorKeyrings[vendor.name] ?? ConfigurationFile(settings).keyrings[vendor.name]
        let files = (named.map { [$0] } ?? Self.places(of: vendor.keys)).filter { FileManager.default.isReadableFile(atPath: $0.string) }
        let wanted = named == nil ? vendor.keys.map(\.fingerprint) : []
        if let named, files.isEmpty { throw untrusted("its keyring '\(named)' cannot be read") }
        guard named != nil || !wanted.isEmpty else { throw untrusted("no fingerprint of its maker's keys is known for certain") }
        guard !files.isEmpty else { throw untrusted("this machine has no file with its maker's public key \(wanted.joined(separator: " or "))") }
        let content = try files.map { try Transfer.sha256(of: $0) } + wanted
        folder = try await settings.cache.entry(kind: forPackages ? "rpm-keyring" : "keyring", key: Transfer.sha256(of: content.joined(separator: "\n"))) { folder in
            let home = folder.appending("gnupg")
            try FileManager.default.createDirectory(atPath: home.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let gpg = ["--homedir", home.string, "--batch", "--no-autostart"]
            let imported = try await Tool.run("gpg", package: "gpg", arguments: gpg + ["--import", "--"] + files.map(\.string))
            let listing = try await Tool.run("gpg", package: "gpg", arguments: gpg + ["--with-colons", "--list-keys"])
            let keys = Self.fingerprints(listing.stdout).filter { wanted.isEmpty || wanted.contains($0) }
            guard !keys.isEmpty else {
                let complaint = imported.status.isSuccess ? "" : " (\(imported.failure(.untrusted, subject: "").detail))"
                throw untrusted("\(files.map(\.string).joined(separator: ", ")) has no such public key\(complaint)")
            }
            _ = try await Tool.run("gpg", package: "gpg", arguments: gpg + ["--output", folder.appending("keyring.gpg").string, "--export"] + keys)
            for key in forPackages ? keys : [] {
                let file = folder.appending("\(key).asc").string
                _ = try await Tool.run("gpg", package: "gpg", arguments: gpg + ["--armor", "--output", file, "--export", key])
                let result = try await Tool.run("rpmkeys", package: "rpm", arguments: ["--dbpath", folder.appending("rpmdb").string, "--import", file])
                guard result.status.isSuccess else { throw untrusted("rpmkeys cannot take its key \(key): \(result.failure(.untrusted, subject: "").detail)") }
            }
            try FileManager.default.removeItem(atPath: home.string)
        }
    }

    private static func places(of keys: [SigningKey]) -> [FilePath] {
        var seen: Set<FilePath> = []
        return keys.flatMap(\.places).filter { seen.insert($0).inserted }
    }

    /// The fingerprints of primary keys (gnupg's doc/DETAILS: a `fpr` record follows the `pub` it is of).
    private static func fingerprints(_ listing: String) -> [String] {
        var isOfPrimary = false
        return listing.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            switch fields[0] {
            case "pub": isOfPrimary = true
            case "sub": isOfPrimary = false
            case "fpr" where isOfPrimary && fields.count > 9: return String(fields[9])
            default: break
            }
            return nil
        }
    }
}
