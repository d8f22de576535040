public import KernelCatalogue
public import MatrixModel
public import SystemPackage

/// Where a cell's kernel comes from.
public enum KernelSource: Hashable, Sendable {
    case package(CatalogueKernel)
    /// An image file, with the modules' folder when one was found next to it.
    case file(image: FilePath, modules: FilePath?)
    /// The kernel in a disk image, with the modules that a guest needs before its root is mounted.
    case ofImage(image: FilePath, modules: FilePath?)
}

/// A kernel that the plan chose.
public struct PlannedKernel: Hashable, Sendable {
    public let identity: KernelIdentity
    public let source: KernelSource
    public let architecture: Architecture

    public init(identity: KernelIdentity, source: KernelSource, architecture: Architecture = .host) {
        self.architecture = architecture
        self.identity = identity
        self.source = source
    }
}
