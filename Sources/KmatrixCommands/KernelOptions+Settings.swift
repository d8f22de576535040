import ArtefactCache
import KernelCatalogue

extension KernelOptions {
    /// What the catalogue is told by the command line; the rest it finds out by itself.
    func settings(cache: ArtefactCache) throws -> CatalogueSettings {
        CatalogueSettings(
            cache: cache, mirrors: try mirrors(), offline: offline, strictFreshness: strictFreshness, allowExpired: allowExpired)
    }
}
