import Glibc
public import SystemPackage

/// Keeps a run's folder for one process, by a lock on a file in it (flock(2)): it ends with the process, however that ends.
///
/// Not on the folder itself: NFS locks only what is open for writing.
public final class RunFolderLock: Sendable {
    static let fileName = ".lock"

    private let descriptor: FileDescriptor

    /// - Throws: `StoreError` with `resourceBusy` when another process works in it.
    public init(_ path: FilePath) throws(StoreError) {
        do {
            descriptor = try FileDescriptor.open(
                path.appending(Self.fileName), .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw StoreError(path: path, errno: error as? Errno ?? .ioError)
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let errno = Errno(rawValue: errno)
            try? descriptor.close()
            throw StoreError(path: path, errno: errno == .wouldBlock ? .resourceBusy : errno)
        }
    }

    deinit {
        // Closing does not release it while a process that is being started still has a copy (flock(2)).
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }
}
