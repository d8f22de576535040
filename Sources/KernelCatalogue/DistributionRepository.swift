/// How a distribution's packages are published. Each kind has its own reader, a `KernelRepository`.
public enum DistributionRepository: Hashable, Sendable {
    /// Debian's own archive, whose mirror is configured for this machine's apt: the suites of the release, and further suites for kernels.
    case debian(suites: [DebianSuite], kernelSuites: [String])
    /// Suites with an `InRelease` file, of other vendors of Debian packages.
    case apt(Vendor, suites: [String], shape: KernelPackages.Shape)
    /// Folders with a `repodata/repomd.xml`.
    case rpm(Vendor, folders: [Folder], signed: SignedPart)
    /// No packages: the kernel is in the disk image only.
    case image(Vendor)

    /// Who publishes the packages, where, and with which keys.
    public struct Vendor: Hashable, Sendable {
        /// The name in `--mirror` and in the settings: `ubuntu`. Releases of one vendor share it.
        public let name: String
        /// For people: "Azure Linux".
        public let title: String
        /// Tried in this order.
        public let addresses: [String]
        /// The keys that may sign.
        public let keys: [SigningKey]
        /// For a repository that requires a subscription: how to supply a mirror. Its own addresses are then not tried.
        public let subscription: String?
    }

    public struct Folder: Hashable, Sendable {
        /// What it is called in a kernel's origin: `BaseOS`.
        public let name: String
        /// Below the vendor's address.
        public let path: String
    }

    /// Which part of an rpm repository is signed.
    public enum SignedPart: String, CaseIterable, Hashable, Sendable {
        /// `repomd.xml.asc`; hashes protect everything below it.
        case index
        /// Only the packages. The index is not signed, so it may be outdated.
        case packages
    }

    public var vendor: Vendor? {
        switch self {
        case .debian: nil
        case .apt(let vendor, _, _), .rpm(let vendor, _, _), .image(let vendor): vendor
        }
    }
}
