import CloudImages
import KernelCatalogue

extension DownloadSettings {
    /// The same patience, and the same leave to use the network, as the catalogue of kernels has.
    init(_ catalogue: KernelCatalogue) {
        self.init(offline: catalogue.settings.offline, patience: catalogue.settings.patience, retries: catalogue.settings.retries)
    }
}
