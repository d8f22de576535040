public import SystemPackage

/// How a distribution's packages are published. Each kind has its own reader, a `KernelRepository`.
public enum DistributionRepository: Hashable, Sendable {
    /// Debian's own archive, whose mirror this machine's apt knows: the suites of the release, and further ones with kernels of its own.
    case debian(suites: [DebianSuite], kernelSuites: [String])
    /// Suites with an `InRelease` file, as other makers of Debian packages have them.
    case apt(Vendor, suites: [String])
    /// Folders with a `repodata/repomd.xml`.
    case rpm(Vendor, folders: [Folder], signed: SignedPart)

    /// Who publishes, where, and whose signature counts.
    public struct Vendor: Hashable, Sendable {
        /// What `--mirror` and the settings call it: `ubuntu`. Releases of one vendor share it.
        public let name: String
        /// Tried in this order.
        public let addresses: [String]
        /// The fingerprints of the keys that may sign; none where none is known for certain.
        public let keys: [String]
        /// Where this machine may have them.
        public let keyrings: [FilePath]
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
        case .apt(let vendor, _), .rpm(let vendor, _, _): vendor
        }
    }
}
