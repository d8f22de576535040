/// How much of what strangers send is read.
public struct BundleLimits: Sendable {
    /// Of an archive as it is sent, in bytes, and of all that comes out of it.
    public var archive = 256 << 20
    /// Of one plain file or of standard input, which are read piece by piece.
    public var plain = 8 << 30
    /// Kept of one file, in bytes: `LogSieve` says what of a longer one.
    public var file = 4 << 20
    public var members = 10_000
    public var depth = 8

    public init() {}
}
