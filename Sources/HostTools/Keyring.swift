import Foundation
public import SystemPackage

/// Public keys that are taken out of files of keys.
public struct PublicKey: Sendable {
    public let record: KeyRecord
    /// As gpgv reads it.
    public let bytes: [UInt8]
}

/// Reads the public keys of a file, however they are wrapped.
public enum Keyring {
    /// - Parameter folder: Takes what gpg needs to look at.
    /// - Returns: Each key with what is known of it, and how many were of a version that cannot be read here; nil for what is not a file of
    ///   keys.
    /// - Throws: `HostToolError`, `CancellationError`, or what writing the folder gives.
    public static func keys(in bytes: [UInt8], work folder: FilePath, launcher: ToolLauncher = ToolLauncher()) async throws -> (
        keys: [PublicKey], skipped: Int
    )? {
        guard let found = OpenPGPKeys(bytes) else { return nil }
        let listing = KeyListing(launcher: launcher)
        var keys: [PublicKey] = []
        for key in found.keys {
            let file = folder.appending("key.\(UUID().uuidString)")
            try Data(key).write(to: URL(filePath: file.string))
            defer { unlink(file.string) }
            guard let record = try await listing.records(in: file).first else { continue }
            keys.append(PublicKey(record: record, bytes: key))
        }
        return (keys, found.skipped)
    }
}
