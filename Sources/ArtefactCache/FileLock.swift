import Glibc
package import SystemPackage

/// An advisory lock on a file (flock(2)); the kernel releases it when the process dies.
package struct FileLock: Sendable {
    package enum Kind: Sendable {
        case exclusive
        /// Any number of processes can hold it, while none holds the exclusive lock.
        case shared

        fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let descriptor: FileDescriptor

    /// Waits for the lock until the task is cancelled.
    package static func acquire(_ path: FilePath, _ kind: Kind = .exclusive) async throws -> FileLock {
        while true {
            if let lock = try tryAcquire(path, kind) { return lock }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The lock, or nil if another holder prevents it.
    package static func tryAcquire(_ path: FilePath, _ kind: Kind = .exclusive) throws -> FileLock? {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch let error as Errno {
            throw CacheError(path: path, errno: error)
        }
        if flock(descriptor.rawValue, kind.operation | LOCK_NB) == 0 { return FileLock(descriptor: descriptor) }
        let error = Errno(rawValue: errno)
        try? descriptor.close()
        if error == .wouldBlock || error == .interrupted { return nil }
        throw CacheError(path: path, errno: error)
    }

    package func release() {
        // Closing would not release it while a child process that is being started still has a copy of the descriptor (flock(2)).
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }
}
