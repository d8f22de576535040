public import MatrixModel

/// A kernel on offer, and the packages that hold it.
public struct CatalogueKernel: Hashable, Sendable, Codable {
    public let identity: KernelIdentity
    let packages: [Source]

    /// One package, and where it is fetched from.
    struct Source: Hashable, Sendable, Codable {
        let name: String
        let version: String
        let address: String
        let size: Int
        let sha256: String
    }

    /// Whether the suite offers the kernel's image and, though they are packaged apart, not its modules.
    ///
    /// A backport that was superseded loses the packages of its unsigned source, modules among them, before those of its signed one.
    public var lacksModules: Bool {
        packages.contains { $0.name.hasPrefix("linux-binary-") } && !packages.contains { $0.name.hasPrefix("linux-modules-") }
    }

    /// Names the kernel's files in the cache: the same packages, the same files.
    var cacheKey: String { Transfer.sha256(of: packages.map(\.sha256).sorted().joined(separator: "\n")) }
}
