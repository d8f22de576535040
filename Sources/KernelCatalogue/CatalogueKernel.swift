import HostTools
public import MatrixModel

/// A kernel on offer, and the packages that hold it.
public struct CatalogueKernel: Hashable, Sendable {
    public let identity: KernelIdentity
    let packages: [Source]
    /// Whether the repository offers the kernel's image and, though they are packaged apart, not its modules.
    ///
    /// A backport of Debian's that was superseded loses the packages of its unsigned source, modules among them, before those of its signed one.
    public let lacksModules: Bool

    /// One package, and where it is fetched from.
    struct Source: Hashable, Sendable {
        let name: String
        let version: String
        let address: String
        let size: Int
        let checksum: Checksum
    }

    /// Whose repository it is from: `debian`, or the distribution's name.
    var vendor: String { String(identity.origin.prefix { $0 != "/" }) }

    /// Names the kernel's files in the cache: the same packages, the same files.
    var cacheKey: String { Transfer.digest(of: packages.map(\.checksum.hexadecimal).sorted().joined(separator: "\n")) }
}
