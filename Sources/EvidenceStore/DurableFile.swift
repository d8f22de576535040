import Glibc
public import SystemPackage

/// Writes whole files so that a reader, or a crash, sees the old content or the new one and nothing between.
public enum DurableFile {
    /// Writes beside the target, syncs, and renames into place.
    /// - Throws: `StoreError` with the errno of the step that failed; the target is then as it was.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws(StoreError) {
        let aside = FilePath(path.string + ".part")
        do {
            let descriptor = try FileDescriptor.open(
                aside, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter {
                _ = try descriptor.writeAll(bytes)
                // close(2) does not report what the disk could not take; fsync(2) does.
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(aside.string, path.string) == 0 else { throw Errno(rawValue: errno) }
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
            if mkdir(current.string, 0o755) == 0 || errno == EEXIST { continue }
            throw StoreError(path: current, errno: Errno(rawValue: errno))
        }
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw StoreError(path: path, errno: Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw StoreError(path: path, errno: .notDirectory) }
    }
}
