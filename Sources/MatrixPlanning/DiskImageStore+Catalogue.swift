package import ArtefactCache
package import DiskImages
package import KernelCatalogue

extension DiskImageStore {
    /// Disk images under the catalogue's settings: timeouts, offline mode, and the vendors' keys.
    package init(_ catalogue: KernelCatalogue, cache: ArtefactCache) {
        let store = KeyStore(settings: catalogue.settings)
        self.init(cache: cache, settings: catalogue.settings.downloads) { image in try await store.imageKeys(image) }
    }
}

extension KeyStore {
    /// The keys that may sign an image: those of the keyring that is named for its vendor, or those with the image's fingerprints.
    fileprivate func imageKeys(_ image: PublishedImage) async throws -> [UInt8] {
        do {
            return try await bytes(of: image.fingerprints, vendor: image.vendor)
        } catch let error as CatalogueError {
            throw DiskImageError(.noKey, subject: image.checksums, detail: error.description)
        }
    }
}
