import Synchronization
public import SystemPackage

/// Digests of files that do not change while a run lasts, each read once.
public final class ArtefactDigests: Sendable {
    private let known = Mutex<[FilePath: String]>([:])
    private let memory: DigestMemory

    /// - Parameter memory: Digests that are remembered from earlier runs.
    public init(_ memory: DigestMemory = DigestMemory(in: nil)) { self.memory = memory }

    /// A digest of a file, which may be a disk image with long holes.
    /// - Throws: `Errno` when it cannot be read.
    public func digest(of path: FilePath) throws -> String {
        // Locked while a file is read: cells that start together need the same files, and would take as long to read them.
        try known.withLock { known in
            if let digest = known[path] { return digest }
            let digest = try memory.digest(of: path, isSparse: true)
            known[path] = digest
            return digest
        }
    }
}
