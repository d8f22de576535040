import Foundation
import Glibc
import SystemPackage

/// Waits until the disk has what was written (fsync(2)).
enum DiskSync {
    /// All files and folders below a folder, and the folder itself.
    /// - Throws: `CacheError`, which may be what the disk could not take.
    static func everything(in folder: FilePath) throws {
        let entries = FileManager.default.enumerator(atPath: folder.string)
        while let entry = entries?.nextObject() as? String {
            var status = stat()
            let path = folder.appending(entry)
            if lstat(path.string, &status) == 0, [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) { try one(path) }
        }
        try one(folder)
    }

    /// A file's content, or the names in a folder.
    /// - Throws: `CacheError`.
    static func one(_ path: FilePath) throws {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
            try descriptor.closeAfter {
                // Some file systems have nothing to sync in a folder, and say EINVAL.
                guard fsync(descriptor.rawValue) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw CacheError(path: path, errno: error)
        }
    }
}
