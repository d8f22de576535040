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

    /// What is fetched, in bytes.
    public var downloadSize: Int { packages.map(\.size).reduce(0, +) }

    /// Names the kernel's files in the cache: the same packages, the same files.
    var cacheKey: String { Transfer.sha256(of: packages.map(\.sha256).sorted().joined(separator: "\n")) }
}
