import Synchronization
public import SystemPackage

/// Digests of files that do not change while a run lasts, each read once.
public final class ArtefactDigests: Sendable {
    private let known = Mutex<[FilePath: String]>([:])

    public init() {}

    /// The SHA-256 of a file, in hexadecimal.
    /// - Throws: `GuestImageError` when it cannot be read.
    public func digest(of path: FilePath) throws -> String {
        if let digest = known.withLock({ $0[path] }) { return digest }
        let digest = try FileContent.digest(of: path)
        known.withLock { $0[path] = digest }
        return digest
    }

    /// One digest for several texts; where one ends is part of it.
    public static func digest(of parts: [String]) -> String { FileContent.digest(of: parts) }
}
