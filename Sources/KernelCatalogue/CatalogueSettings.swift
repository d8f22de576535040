public import ArtefactCache
public import Foundation
public import HostTools
public import MatrixModel
public import SystemPackage

/// Where the catalogue looks and what it accepts.
public struct CatalogueSettings: Sendable {
    public var cache: ArtefactCache
    /// The distributions whose kernels may be asked for, besides Debian's.
    public var distributions: DistributionCatalogue
    /// What the kernels are for that are looked for.
    public var architecture: Architecture
    /// Addresses by vendor (`debian`, `debian-security`, `ubuntu`), which go before all other sources.
    public var mirrors: [String: String]
    /// Use the cache only.
    public var offline: Bool
    /// Refuse an index past its `Valid-Until`, by however little.
    public var strictFreshness: Bool
    /// Accept an index past its `Valid-Until`, by however much.
    public var allowExpired: Bool
    public var environment: [String: String]
    /// Where apt keeps its sources.
    public var aptFolder: FilePath
    /// The keyrings whose keys may sign a release of Debian.
    public var keyrings: [FilePath]
    /// Keyrings by vendor, in place of those that the catalogue of distributions knows of; every key in one may sign.
    public var vendorKeyrings: [String: FilePath]
    public var suites: [DebianSuite]
    /// How long a connection, or a transfer slower than 1 kB/s, is waited for, in seconds.
    public var stallTimeout: Int
    /// How often a transfer that failed by bad luck is tried again.
    public var retries: Int
    /// How long the first such try is put off; each further one twice as long.
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

    /// An index that is late by no more than this is used with a warning: mirrors lag, and the kernels in it are still signed.
    static let tolerance: TimeInterval = 60 * 86_400
}
