import Synchronization
public import SystemPackage

/// Digests of files that do not change while a run lasts, each read once.
public final class ArtefactDigests: Sendable {
    private let known = Mutex<[FilePath: String]>([:])
    private let memory: DigestMemory

    /// - Parameter memory: What is known from earlier runs.
    public init(_ memory: DigestMemory = DigestMemory(in: nil)) { self.memory = memory }

    /// A digest of a file, which may be a disk image with long holes.
    /// - Throws: `Errno` when it cannot be read.
    public func digest(of path: FilePath) throws -> String {
        // Locked while it is read: cells that start together ask for the same files, and wait no longer than they would read.
        try known.withLock { known in
            if let digest = known[path] { return digest }
            let digest = try memory.digest(of: path, isSparse: true)
            known[path] = digest
            return digest
        }
    }
}
