/// How a distribution's packages are published. Each kind has its own reader, a `KernelRepository`.
public enum DistributionRepository: Hashable, Sendable {
    /// Debian's own archive, whose mirror this machine's apt knows: the suites of the release, and further ones with kernels of its own.
    case debian(suites: [DebianSuite], kernelSuites: [String])
    /// Suites with an `InRelease` file, as other makers of Debian packages have them.
    case apt(Vendor, suites: [String], shape: KernelPackages.Shape)
    /// Folders with a `repodata/repomd.xml`.
    case rpm(Vendor, folders: [Folder], signed: SignedPart)
    /// No packages: the kernel is in the disk image only.
    case image(Vendor)

    /// Who publishes, where, and whose signature counts.
    public struct Vendor: Hashable, Sendable {
        /// What `--mirror` and the settings call it: `ubuntu`. Releases of one vendor share it.
        public let name: String
        /// For people: "Azure Linux".
        public let title: String
        /// Tried in this order.
        public let addresses: [String]
        /// The keys that may sign.
        public let keys: [SigningKey]
        /// Where the repository is behind a subscription: how to bring a mirror. Its addresses are then not asked.
        public let subscription: String?
    }

    public struct Folder: Hashable, Sendable {
        /// What it is called in a kernel's origin: `BaseOS`.
        public let name: String
        /// Below the vendor's address.
        public let path: String
    }

    /// What an rpm repository's signature is on.
    public enum SignedPart: String, CaseIterable, Hashable, Sendable {
        /// `repomd.xml.asc`; hashes vouch for all that comes after.
        case index
        /// Each package only: nothing vouches for the index, so it may be an old one.
        case packages
    }

    public var vendor: Vendor? {
        switch self {
        case .debian: nil
        case .apt(let vendor, _, _), .rpm(let vendor, _, _), .image(let vendor): vendor
        }
    }
}
