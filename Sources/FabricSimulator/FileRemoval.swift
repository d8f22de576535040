import Glibc
import SystemPackage

enum FileRemoval {
    /// Removes a file; one that is not there is fine.
    static func remove(_ path: FilePath) throws {
        guard unlink(path.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }
}
