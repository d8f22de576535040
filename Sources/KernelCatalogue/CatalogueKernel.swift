import HostTools
public import MatrixModel

/// A kernel on offer, and the packages that hold it.
public struct CatalogueKernel: Hashable, Sendable {
    public let identity: KernelIdentity
    let packages: [Source]
    /// Whether the repository offers the kernel's image but not its modules, although they have a package of their own.
    ///
    /// When a Debian backport is superseded, the packages of its unsigned source, which include the modules, are removed before those of its
    /// signed source.
    public let lacksModules: Bool

    /// One package, and where it is fetched from.
    struct Source: Hashable, Sendable {
        let name: String
        let version: String
        let address: String
        let size: Int
        let checksum: Checksum
    }

    /// The vendor of its repository: `debian`, or the distribution's name.
    var vendor: String { String(identity.origin.prefix { $0 != "/" }) }

    /// The key of the kernel's files in the cache: a digest of its packages.
    var cacheKey: String { Transfer.digest(of: packages.map(\.checksum.hexadecimal).sorted().joined(separator: "\n")) }
}
