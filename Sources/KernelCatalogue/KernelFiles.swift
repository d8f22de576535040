public import MatrixModel
public import SystemPackage

/// A fetched, verified and unpacked kernel.
public struct KernelFiles: Sendable {
    public let identity: KernelIdentity
    /// The compressed image as the package has it.
    public let image: FilePath
    /// The kernel's `lib/modules/<release>`.
    public let modules: FilePath?
    /// The kernel's configuration.
    public let config: FilePath?
    public let packages: [FetchedPackage]
}

public struct FetchedPackage: Hashable, Sendable {
    public let name: String
    public let version: String
    public let address: String
    public let sha256: String
    public let bytes: Int
}
