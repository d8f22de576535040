public import MatrixModel
public import SystemPackage

/// What a distribution's root file system is made of.
public struct RootImageRecipe: Hashable, Sendable {
    /// The suite, as `bookworm`.
    public let suite: String
    /// The suites that bring updates to it.
    public let further: [String]
    /// What is in it beyond a minimal system.
    public let packages: [String]
    public let architecture: Architecture

    /// The cache keys' own version: raise it when the same ingredients give another image.
    static let format = "1"
    /// The file system's size in bytes. The file is sparse, so what is not used takes no space.
    static let size = 4 << 30

    public init(suite: String, further: [String], packages: [String], architecture: Architecture = .host) {
        self.architecture = architecture
        self.suite = suite
        self.further = further
        self.packages = packages
    }

    /// The same for the same recipe. It does not depend on the mirror or its state.
    public var key: String {
        // Images from before there were several architectures keep their keys.
        let own = architecture == .unnamed ? [] : [architecture.debianName]
        return FileContent.digest(of: [Self.format, suite, "\(Self.size)"] + further + ["packages"] + packages.sorted() + own)
    }
}

/// A built root file system.
public struct RootImage: Hashable, Sendable {
    public let folder: FilePath
    /// The file system, raw and sparse; never written to.
    public var disk: FilePath { folder.appending("root.img") }
    /// Every package of it with its version, a line each.
    public var packages: FilePath { folder.appending("packages.tsv") }
}
