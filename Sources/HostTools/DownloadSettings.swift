/// How files are fetched.
public struct DownloadSettings: Hashable, Sendable {
    /// Never use the network.
    public var offline: Bool
    /// How long a connection, or a transfer slower than 1 kB/s, is waited for, in seconds.
    public var stallTimeout: Int
    /// How often a transfer that failed for a passing reason is tried again.
    public var retries: Int
    /// How long the first retry is delayed; each further one twice as long.
    public var pause: Duration
    /// The proxies' variables, by name; nil for this process's own.
    public var proxies: [String: String]?

    public init(offline: Bool = false, stallTimeout: Int = 20, retries: Int = 3, pause: Duration = .seconds(1), proxies: [String: String]? = nil) {
        self.offline = offline
        self.stallTimeout = stallTimeout
        self.retries = retries
        self.pause = pause
        self.proxies = proxies
    }
}
