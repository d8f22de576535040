internal import CDiskSync
import Glibc
import SystemPackage

/// Waits until written data is on the disk.
enum DiskSync {
    /// Syncs the whole file system of a folder (syncfs(2)): a kernel's modules are a thousand files, and one sync is faster than one for each.
    /// - Throws: `CacheError`, for example when the disk is full.
    static func fileSystem(of folder: FilePath) throws { try wait(folder, syncfs) }

    /// Syncs the entries of a folder (fsync(2)).
    /// - Throws: `CacheError`.
    static func folder(_ path: FilePath) throws { try wait(path, fsync) }

    private static func wait(_ folder: FilePath, _ sync: (Int32) -> Int32) throws {
        do {
            let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                // Some file systems cannot sync a folder and return EINVAL.
                guard sync(descriptor.rawValue) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw CacheError(path: folder, errno: error)
        }
    }
}
