import Foundation
import HostTools
import SystemPackage

/// Fetches the checksum of a published image, from a list that its vendor signed.
struct PublishedChecksum: Sendable {
    let image: PublishedImage
    let download: Download
    /// Where lists are cached between runs.
    let folder: FilePath
    /// Finds the keys that may sign; nil to use the image's own.
    var keys: ImageKeys?

    /// The image's file that is currently published.
    struct Published {
        let address: String
        let checksum: Checksum
    }

    /// In bytes. Lists and keys are a few kilobytes, but some vendors list the images of years.
    private static let limit = 8 << 20

    /// - Throws: `DiskImageError` (`badSignature`, `notListed`, or of the transfer), `CacheError`, `CancellationError`.
    func verified() async throws -> Published {
        let place = folder.appending(
            ImageFile.hash(of: [image.checksums, "\(image.signature)", image.key, image.fingerprints.joined(separator: " ")].joined(separator: "\n")))
        let work = folder.appending(".\(UUID().uuidString)")
        try ImageFile.makeFolder(work)
        defer { try? FileManager.default.removeItem(atPath: work.string) }
        if download.settings.offline {
            guard FileManager.default.fileExists(atPath: place.string) else { throw DiskImageError(.offline, subject: image.checksums) }
            return try await checksum(in: place, work: work)
        }
        let fresh = work.appending("fresh")
        try ImageFile.makeFolder(fresh)
        try await download.fetch(image.checksums, to: fresh.appending(Name.list), limit: Self.limit)
        if case .detached(let address) = image.signature { try await download.fetch(address, to: fresh.appending(Name.signature), limit: Self.limit) }
        try await fetchKey(to: fresh.appending(Name.key))
        let checksum = try await checksum(in: fresh, work: work)
        // Cached only after the check; the next offline run checks it again.
        try? FileManager.default.removeItem(atPath: place.string)
        try? FileManager.default.moveItem(atPath: fresh.string, toPath: place.string)
        return checksum
    }

    private enum Name {
        static let list = "checksums", signature = "signature", key = "key"
    }

    private func fetchKey(to file: FilePath) async throws {
        if let keys { return try ImageFile.write(try await keys(image), to: file) }
        if image.key.contains("://") { return try await download.fetch(image.key, to: file, limit: Self.limit) }
        guard let bytes = FileManager.default.contents(atPath: image.key), bytes.count <= Self.limit else {
            throw DiskImageError(.unreadable, subject: image.key, detail: "the key that signs '\(image.checksums)'")
        }
        try ImageFile.write(Array(bytes), to: file)
    }

    private func checksum(in place: FilePath, work: FilePath) async throws -> Published {
        let check = PublishedSignature(key: place.appending(Name.key), fingerprints: image.fingerprints, tools: download.tools)
        let list = place.appending(Name.list)
        let text: String
        switch image.signature {
        case .clear: text = try await check.signedText(of: list, subject: image.checksums, work: work)
        case .detached:
            try await check.verify(list, signature: place.appending(Name.signature), subject: image.checksums, work: work)
            text = try String(contentsOfFile: list.string, encoding: .utf8)
        }
        let name = String(image.address.split(separator: "/").last ?? "")
        guard let file = ChecksumList(text).file(name) else { throw DiskImageError(.notListed, subject: image.checksums, detail: name) }
        return Published(address: image.address.dropLast(name.count) + file.name, checksum: file.checksum)
    }
}
