internal import CDiskSync
import Glibc
import SystemPackage

/// Waits until the disk has what was written.
enum DiskSync {
    /// The whole file system that a folder is on (syncfs(2)): a kernel's modules are a thousand files, and one wait is shorter than one for
    /// each.
    /// - Throws: `CacheError`, which may be what the disk could not take.
    static func fileSystem(of folder: FilePath) throws { try wait(folder, syncfs) }

    /// The names in a folder (fsync(2)).
    /// - Throws: `CacheError`.
    static func folder(_ path: FilePath) throws { try wait(path, fsync) }

    private static func wait(_ folder: FilePath, _ sync: (Int32) -> Int32) throws {
        do {
            let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                // Some file systems have nothing to sync in a folder, and say EINVAL.
                guard sync(descriptor.rawValue) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw CacheError(path: folder, errno: error)
        }
    }
}
