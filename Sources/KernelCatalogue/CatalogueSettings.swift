public import ArtefactCache
public import Foundation
public import SystemPackage

/// Where the catalogue looks and what it accepts.
public struct CatalogueSettings: Sendable {
    public var cache: ArtefactCache
    /// Addresses by repository name (`debian`, `debian-security`), which go before all other sources.
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
    /// The keyrings whose keys may sign a release.
    public var keyrings: [FilePath]
    public var suites: [DebianSuite]
    /// How long a connection, or a transfer slower than 1 kB/s, is waited for, in seconds.
    public var patience: Int
    /// How often a transfer that failed by bad luck is tried again.
    public var retries: Int

    public init(
        cache: ArtefactCache, mirrors: [String: String] = [:], offline: Bool = false, strictFreshness: Bool = false, allowExpired: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment, aptFolder: FilePath = "/etc/apt",
        keyrings: [FilePath] = ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-removed-keys.gpg"],
        suites: [DebianSuite] = DebianSuite.all, patience: Int = 20, retries: Int = 3
    ) {
        self.cache = cache
        self.mirrors = mirrors
        self.offline = offline
        self.strictFreshness = strictFreshness
        self.allowExpired = allowExpired
        self.environment = environment
        self.aptFolder = aptFolder
        self.keyrings = keyrings
        self.suites = suites
        self.patience = patience
        self.retries = retries
    }

    /// An index that is late by no more than this is used with a warning: mirrors lag, and the kernels in it are still signed.
    static let tolerance: TimeInterval = 60 * 86_400
}
