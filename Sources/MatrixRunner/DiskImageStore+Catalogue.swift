import ArtefactCache
import CloudImages
import KernelCatalogue

extension DiskImageStore {
    /// With the same patience, and the same leave to use the network, as the catalogue of kernels.
    init(cache: ArtefactCache, catalogue: KernelCatalogue) {
        let settings = catalogue.settings
        self.init(cache: cache, settings: DownloadSettings(offline: settings.offline, patience: settings.patience, retries: settings.retries))
    }
}
