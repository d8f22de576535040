public import SystemPackage

/// The apt sources of an image that is built from packages.
public struct PackageSources: Sendable {
    /// apt's one-line sources.
    public let lines: [String]
    /// The keyring that apt verifies everything with.
    public let keyring: FilePath
    /// Warnings, for example about expired suites.
    public let warnings: [String]
}
