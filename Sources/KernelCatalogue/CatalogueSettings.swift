public import ArtefactCache
public import Foundation
public import HostTools
public import MatrixModel
public import SystemPackage

/// Where the catalogue searches, and what it accepts.
public struct CatalogueSettings: Sendable {
    public var cache: ArtefactCache
    /// The distributions whose kernels can be selected, in addition to Debian's.
    public var distributions: DistributionCatalogue
    /// The architecture of the kernels.
    public var architecture: Architecture
    /// Addresses by vendor (`debian`, `debian-security`, `ubuntu`), which take precedence over all other sources.
    public var mirrors: [String: String]
    /// Use the cache only.
    public var offline: Bool
    /// Reject every index past its `Valid-Until`.
    public var strictFreshness: Bool
    /// Accept every index past its `Valid-Until`.
    public var allowExpired: Bool
    public var environment: [String: String]
    /// Where apt keeps its sources.
    public var aptFolder: FilePath
    /// The keyrings whose keys may sign a release of Debian.
    public var keyrings: [FilePath]
    /// Keyrings by vendor, which replace the keys of the catalogue; every key in such a keyring may sign.
    public var vendorKeyrings: [String: FilePath]
    public var suites: [DebianSuite]
    /// How long a connection, or a transfer below 1 kB/s, may stall, in seconds.
    public var stallTimeout: Int
    /// How often a transfer is retried after a temporary failure.
    public var retries: Int
    /// The pause before the first retry; it doubles with each further one.
    public var pause: Duration

    public init(
        cache: ArtefactCache, distributions: DistributionCatalogue = .none, architecture: Architecture = .host, mirrors: [String: String] = [:],
        offline: Bool = false, strictFreshness: Bool = false, allowExpired: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment, aptFolder: FilePath = "/etc/apt",
        keyrings: [FilePath] = ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-removed-keys.gpg"],
        vendorKeyrings: [String: FilePath] = [:], suites: [DebianSuite] = DebianSuite.all, stallTimeout: Int = 20, retries: Int = 3,
        pause: Duration = .seconds(1)
    ) {
        self.cache = cache
        self.distributions = distributions
        self.architecture = architecture
        self.mirrors = mirrors
        self.offline = offline
        self.strictFreshness = strictFreshness
        self.allowExpired = allowExpired
        self.environment = environment
        self.aptFolder = aptFolder
        self.keyrings = keyrings
        self.vendorKeyrings = vendorKeyrings
        self.suites = suites
        self.stallTimeout = stallTimeout
        self.retries = retries
        self.pause = pause
    }

    /// How files are fetched.
    public var downloads: DownloadSettings {
        DownloadSettings(
            offline: offline, stallTimeout: stallTimeout, retries: retries, pause: pause,
            proxies: environment.filter { $0.key.lowercased().hasSuffix("_proxy") })
    }

    /// An index that is late by at most this many seconds is used with a warning: mirrors lag, and its kernels are still signed.
    static let tolerance: TimeInterval = 60 * 86_400
}
