import ArtefactCache
import Foundation
import HostTools
import Archives
public import SystemPackage

/// The vendors' public keys: those of this machine, those in the cache, and those that Debian packages.
///
/// A key is searched for in this order: a keyring that the command line or the configuration names; the key files of this machine; the cache.
/// Then, if the network may be used, it is fetched: from a package of Debian's archive, verified down from the archive's signature, or from
/// the address in the catalogue. Only the key with the stated fingerprint is used.
public struct KeyStore: Sendable {
    let settings: CatalogueSettings

    public init(settings: CatalogueSettings) { self.settings = settings }

    /// Where a key is.
    public enum Place: Hashable, Sendable {
        /// A keyring that the settings name for the vendor; every key in it is trusted.
        case named(FilePath)
        case installed(FilePath)
        case cached(origin: String)
        case missing

        public var isPresent: Bool { self != .missing }
    }

    /// A key, its place, and its details.
    public struct State: Sendable {
        public let place: Place
        /// Nil for a missing key, and for a named keyring.
        let record: KeyRecord?

        /// The day it expires, as `2028-10-02`; nil if it does not expire or is not known.
        public var expiry: String? { record?.expires.map { $0.formatted(.iso8601.year().month().day()) } }
        public var isExpired: Bool { record?.isExpired() ?? false }
    }

    static let kind = "signing-key"
    private static let packageKind = "key-package"
    /// The kinds of cache entries for keys.
    public static let kinds: Set<String> = [kind, packageKind]

    private static let keyName = "key.gpg"
    private static let originName = "origin"
    private static let largestKey = 1 << 20

    // MARK: - Without the network

    /// Where a key is, without using the network. Its fingerprint is checked.
    /// - Throws: `CatalogueError` (`toolMissing`, `badConfiguration`), `CancellationError`.
    public func state(of key: SigningKey, vendor: String?) async throws -> State {
        if let vendor, let named = try named(vendor) { return State(place: .named(named), record: nil) }
        let found = try await present(key)
        return State(place: found?.place ?? .missing, record: found?.key.record)
    }

    /// The keyring that the settings name for a vendor.
    /// - Throws: `CatalogueError` with `badConfiguration`.
    func named(_ vendor: String) throws -> FilePath? { try settings.vendorKeyrings[vendor] ?? ConfigurationFile(settings).keyrings[vendor] }

    /// The key on this machine or in the cache. An expired key is used only if there is no valid copy.
    private func present(_ key: SigningKey) async throws -> (key: PublicKey, place: Place)? {
        var expired: (key: PublicKey, place: Place)?
        for file in key.places where FileManager.default.isReadableFile(atPath: file.string) {
            guard let found = try await self.key(key, in: file) else { continue }
            if !found.record.isExpired() { return (found, .installed(file)) }
            expired = expired ?? (found, .installed(file))
        }
        if let folder = settings.cache.existing(kind: Self.kind, key: key.fingerprint), let found = try await self.key(key, in: folder.appending(Self.keyName))
        {
            let origin = (try? String(contentsOfFile: folder.appending(Self.originName).string, encoding: .utf8)) ?? ""
            if !found.record.isExpired() { return (found, .cached(origin: origin)) }
            expired = expired ?? (found, .cached(origin: origin))
        }
        return expired
    }

    /// The origin of a cached key; nil if the key is not cached.
    func origin(ofCached key: SigningKey) -> String? {
        settings.cache.existing(kind: Self.kind, key: key.fingerprint).flatMap {
            try? String(contentsOfFile: $0.appending(Self.originName).string, encoding: .utf8)
        }
    }

    private func key(_ key: SigningKey, in file: FilePath) async throws -> PublicKey? {
        try await keys(in: file)?.keys.first { $0.record.fingerprint == key.fingerprint }
    }

    /// - Returns: Nil for what is not a file of keys.
    /// - Throws: `CatalogueError` with `toolMissing`.
    func keys(in file: FilePath) async throws -> (keys: [PublicKey], skipped: Int)? {
        guard let bytes = FileManager.default.contents(atPath: file.string) else { return nil }
        do {
            return try await settings.cache.withScratch(kind: "keys") { folder in try await Keyring.keys(in: Array(bytes), work: folder) }
        } catch let error as HostToolError {
            throw CatalogueError(error, subject: file.string, failure: .untrusted)
        }
    }

    // MARK: - With it

    /// The keys with certain fingerprints, or all of the keyring that the settings name for their vendor.
    /// - Throws: `CatalogueError`, `CancellationError`.
    public func bytes(of fingerprints: [String], vendor: String?) async throws -> [UInt8] {
        if let vendor, let named = try named(vendor) { return try await VendorKeyring.keys(of: named, vendor, self).flatMap(\.bytes) }
        var bytes: [UInt8] = []
        for key in settings.distributions.keys where fingerprints.contains(key.fingerprint) { bytes += try await self.key(key).bytes }
        return bytes
    }

    /// A key, fetched if this machine does not have it.
    /// - Throws: `CatalogueError` (`untrusted` with the reason, `toolMissing`), `CancellationError`.
    func key(_ key: SigningKey) async throws -> PublicKey {
        let found = try await present(key)
        if let found, !found.key.record.isExpired() || settings.offline { return found.key }
        do {
            return try await fetch(key)
        } catch let error as CatalogueError where error.code != .toolMissing && error.code != .noSpace {
            // With an expired key the signature check fails with its own message.
            if let found { return found.key }
            throw error
        }
    }

    /// Fetches a key into the cache, even if this machine has it.
    /// - Throws: `CatalogueError`, `CancellationError`.
    public func renew(_ key: SigningKey) async throws { _ = try await fetch(key) }

    func fetch(_ key: SigningKey) async throws -> PublicKey {
        guard !settings.offline else {
            throw CatalogueError(.untrusted, subject: key.name, detail: "its key \(key.fingerprint) is not on this machine, and --offline forbids fetching it")
        }
        let folder = try await settings.cache.entry(kind: Self.kind, key: key.fingerprint, renews: true) { folder in
            let source = try await source(of: key, work: folder)
            guard let found = try await keys(in: source.file)?.keys.first(where: { $0.record.fingerprint == key.fingerprint }) else {
                throw CatalogueError(.untrusted, subject: key.name, detail: "\(source.origin) has no key \(key.fingerprint)")
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.string) { unlink(folder.appending(name).string) }
            try Data(found.bytes).write(to: URL(filePath: folder.appending(Self.keyName).string))
            try Data(source.origin.utf8).write(to: URL(filePath: folder.appending(Self.originName).string))
        }
        guard let found = try await self.key(key, in: folder.appending(Self.keyName)) else {
            throw CatalogueError(.untrusted, subject: key.name, detail: "its key cannot be read from the cache")
        }
        return found
    }

    private func source(of key: SigningKey, work folder: FilePath) async throws -> (file: FilePath, origin: String) {
        switch key.source {
        case .address(let address):
            let file = folder.appending("fetched")
            try await Transfer(settings: settings).fetch(address, to: file, limit: Self.largestKey)
            return (file, address)
        case .package(let name, let path):
            let package = try await self.package(name)
            let file = package.folder.appending(Transfer.digest(of: path.string))
            guard FileManager.default.fileExists(atPath: file.string) else {
                throw CatalogueError(.untrusted, subject: key.name, detail: "Debian's package \(package.origin) has no file \(path)")
            }
            return (file, package.origin)
        }
    }

    /// The key files of a package of Debian's archive, unpacked once: those that the catalogue names, by the digest of their path.
    private func package(_ name: String) async throws -> (folder: FilePath, origin: String) {
        let debian = try KernelCatalogue(settings: settings).debian(newestFirst: true)
        guard let found = try await debian.furtherPackage(name) else {
            throw CatalogueError(.untrusted, subject: name, detail: "no suite of Debian's archive has the package \(name); Debian 13 and later do")
        }
        let wanted = Set(settings.distributions.keys.compactMap { key in if case .package(name, let file) = key.source { file.string } else { nil } })
        let key = Transfer.digest(of: ([found.package.checksum.hexadecimal] + wanted.sorted()).joined(separator: "\n"))
        let address = "\(found.archive)/\(found.package.filename)"
        let folder = try await settings.cache.entry(kind: Self.packageKind, key: key) { folder in
            let file = folder.appending(".package")
            try await Transfer(settings: settings).fetch(address, to: file, size: found.package.size, checksum: found.package.checksum)
            let stream = folder.appending(".stream")
            do {
                let (content, members) = try await PackageContent.members(of: file, as: .deb, stream: stream, address: address, limit: 64 << 20)
                for member in members where member.kind == .file && wanted.contains("/" + member.path) && member.content.count <= Self.largestKey {
                    try content[member.content].write(to: URL(filePath: folder.appending(Transfer.digest(of: "/" + member.path)).string))
                }
            } catch let error as PackageStreamError {
                throw CatalogueError(.brokenPackage, subject: address, detail: "\(error)")
            }
            for name in [file, stream] { unlink(name.string) }
        }
        return (folder, "\(name) \(found.package.version) (\(found.suite))")
    }
}
