/// Which kernel exactly: what tells one kernel of a catalogue from another.
public struct KernelIdentity: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The package's version, `6.1.192-2`; for a file, what the image says of itself.
    public let version: KernelVersion
    public let flavour: KernelFlavour
    /// What `uname -r` prints on it, `6.1.0-56-cloud-amd64`.
    public let release: String
    /// Where it comes from: `debian/bookworm-security`, `rocky-9/BaseOS`, or `file`.
    public let origin: String

    public init(version: KernelVersion, flavour: KernelFlavour, release: String, origin: String) {
        self.version = version
        self.flavour = flavour
        self.release = release
        self.origin = origin
    }

    public var series: KernelSeries { version.series }
    public var description: String { "\(version) \(flavour)" }

    public static func < (left: Self, right: Self) -> Bool {
        if left.version != right.version { return left.version < right.version }
        if left.flavour != right.flavour { return left.flavour < right.flavour }
        return (left.release, left.origin) < (right.release, right.origin)
    }
}
