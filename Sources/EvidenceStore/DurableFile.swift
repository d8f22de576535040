import Glibc
public import SystemPackage

/// Writes whole files so that a reader, or a crash, sees the old content or the new one and nothing between, and so that what was written
/// is there after a power cut.
public enum DurableFile {
    /// Of what a file is called while it is written.
    static let suffix = ".part"

    /// Writes next to the target, syncs, renames into place, and syncs the folder, which has the name.
    /// - Throws: `StoreError` with the errno of the step that failed; the target is then as it was, unless it is the last step that did.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws(StoreError) {
        let aside = FilePath(path.string + suffix)
        do {
            let descriptor = try FileDescriptor.open(
                aside, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter {
                _ = try descriptor.writeAll(bytes)
                // close(2) does not report what the disk could not take; fsync(2) does.
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(aside.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            try sync(folder: path.removingLastComponent())
        } catch {
            unlink(aside.string)
            throw StoreError(path: path, errno: error as? Errno ?? .ioError)
        }
    }

    /// Makes a folder and those above it.
    public static func makeFolder(_ path: FilePath) throws(StoreError) {
        var current = FilePath()
        current.root = path.root
        for component in path.components {
            current.append(component)
            guard mkdir(current.string, 0o755) == 0 else {
                if errno == EEXIST { continue }
                throw StoreError(path: current, errno: Errno(rawValue: errno))
            }
            do { try sync(folder: current.removingLastComponent()) } catch { throw StoreError(path: current, errno: error) }
        }
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw StoreError(path: path, errno: Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw StoreError(path: path, errno: .notDirectory) }
    }

    private static func sync(folder: FilePath) throws(Errno) {
        let descriptor = open(folder.isEmpty ? "." : folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written and not read cannot be synced; what is in it is no worse for that.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Some file systems have nothing to sync in a folder, and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw Errno(rawValue: errno) }
    }
}
