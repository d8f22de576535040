import Glibc
import SystemPackage

enum FileRemoval {
    /// Removes a file, if it exists.
    static func remove(_ path: FilePath) throws {
        guard unlink(path.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }
}
