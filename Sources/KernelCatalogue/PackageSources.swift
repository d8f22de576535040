public import SystemPackage

/// Where the packages of an image that is built come from.
public struct PackageSources: Sendable {
    /// apt's one-line sources.
    public let lines: [String]
    /// The keys that apt checks everything else by.
    public let keyring: FilePath
    /// What is to be known of them, as suites past their date.
    public let warnings: [String]
}
