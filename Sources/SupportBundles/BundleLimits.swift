/// How much of what strangers send is read. Everything is read piece by piece, except a zip: its directory is at its end.
public struct BundleLimits: Sendable {
    /// Of what comes out of compressed files, in bytes.
    public var unpacked = 1 << 30
    /// Of a zip as it is sent, and of a compressed file that comes through a pipe for another program, in bytes.
    public var packed = 256 << 20
    /// Of a file, a tar archive or a folder, in bytes.
    public var plain = 8 << 30
    /// Kept of one file, in bytes: `LogSieve` says what of a longer one.
    public var file = 4 << 20
    /// Kept of all files, in bytes.
    public var kept = 64 << 20
    public var members = 10_000
    public var depth = 8

    public init() {}

    /// How much is kept of the next file: where there is much already, less of each.
    func next(after kept: Int) -> Int { max(min(file, 16 << 10), min(file, (self.kept - kept) / 4)) }
}
