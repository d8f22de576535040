import ArtefactCache
import Digests
import Foundation
import HostTools
import SystemPackage

/// Fetches files for the catalogue. Its errors state what to do about repositories.
struct Transfer: Sendable {
    let settings: CatalogueSettings
    private var downloader: Downloader { Downloader(settings: settings.downloads) }

    /// Fetches an address into a file.
    /// - Parameter limit: The most bytes that are accepted.
    /// - Throws: `CatalogueError`: `offline`, `unreachable`, `notFound`, `forbidden`, `slow`, `interrupted`, `refused`, `tooLarge`, `noSpace`, `toolMissing`.
    func fetch(_ address: String, to file: FilePath, limit: Int) async throws {
        try await mapped(address) { try await downloader.fetch(address, to: file, limit: limit) }
    }

    /// Fetches a file that an index describes, and checks that it is that file.
    func fetch(_ address: String, to file: FilePath, size: Int, checksum: Checksum) async throws {
        try await mapped(address) {
            try await downloader.fetch(address, to: file, size: size, checksum: checksum, partial: settings.cache.root.appending("partial"))
        }
    }

    private func mapped(_ address: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as DownloadError {
            throw CatalogueError(error)
        } catch let error as HostToolError {
            throw CatalogueError(error, subject: address)
        } catch let challenge as DownloadChallenge {
            throw CatalogueError(.refused, subject: challenge.address, detail: "HTTP 401")
        }
    }

    /// A digest of a text, for use as a name.
    static func digest(of text: String) -> String { Digest(of: text).hexadecimal }
}
