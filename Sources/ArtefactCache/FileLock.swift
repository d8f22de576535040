import Glibc
import SystemPackage

/// An exclusive advisory lock on a file (flock(2)); the kernel releases it when the process dies.
struct FileLock: Sendable {
    private let descriptor: FileDescriptor

    /// Waits for the lock, and stops waiting when the task is cancelled.
    static func acquire(_ path: FilePath) async throws -> FileLock {
        while true {
            if let lock = try tryAcquire(path) { return lock }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The lock, or nil when somebody else holds it.
    static func tryAcquire(_ path: FilePath) throws -> FileLock? {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch let error as Errno {
            throw CacheError(path: path, errno: error)
        }
        if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor: descriptor) }
        let error = Errno(rawValue: errno)
        try? descriptor.close()
        if error == .wouldBlock || error == .interrupted { return nil }
        throw CacheError(path: path, errno: error)
    }

    func release() { try? descriptor.close() }
}
