internal import Glibc
internal import SystemPackage

/// Reads whole files up to a limit, and replaces files atomically.
enum BoundedFile {
    static func read(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            var bytes: [UInt8] = []
            // Files in /proc have size 0, so the file is read to its end.
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 1)
            defer { chunk.deallocate() }
            while true {
                let count = try file.read(into: chunk)
                if count == 0 { return bytes }
                bytes.append(contentsOf: chunk.prefix(count))
                guard bytes.count <= limit else { throw Errno.fileTooLarge }
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw Errno.ioError
        }
    }

    /// Identifies the version of a file: modification and change times, length, inode, and last the file type. Nil when there is no file.
    static func signature(of path: FilePath) throws(Errno) -> [Int]? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            guard errno == ENOENT else { throw Errno(rawValue: errno) }
            return nil
        }
        let times = [status.st_mtim, status.st_ctim].flatMap { [$0.tv_sec, $0.tv_nsec] }
        return times + [Int(status.st_size), Int(status.st_ino), Int(status.st_mode & S_IFMT)]
    }

    /// Writes next to the file, then renames: a reader sees the old content or the new.
    /// - Parameter isDurable: Whether the content must be on the disk when this returns.
    static func replace(
        _ path: FilePath, with bytes: some Sequence<UInt8>, permissions: FilePermissions, isDurable: Bool = false
    ) throws(Errno) {
        var temporary = path
        temporary.extension = "tmp"
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow], permissions: permissions)
            do {
                // The permissions above are subject to the umask, and do not apply to a file left over.
                guard fchmod(file.rawValue, permissions.rawValue) == 0 else { throw Errno(rawValue: errno) }
                try file.writeAll(bytes)
                if isDurable, fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
            } catch {
                try? file.close()
                // On a full disk a partial file would only use more space.
                _ = temporary.withPlatformString { unlink($0) }
                throw error
            }
            try file.close()
            let result = temporary.withPlatformString { old in path.withPlatformString { new in Glibc.rename(old, new) } }
            guard result == 0 else { throw Errno(rawValue: errno) }
            if isDurable {
                let folder = try FileDescriptor.open(path.removingLastComponent(), .readOnly, options: [.directory, .closeOnExec])
                defer { try? folder.close() }
                guard fsync(folder.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw Errno.ioError
        }
    }

    /// The names in a folder; empty for one that cannot be read.
    static func names(in folder: FilePath) -> [String] {
        guard let directory = folder.withPlatformString({ opendir($0) }) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Creates a folder and those above it, each 0755 by the umask.
    static func makeFolder(_ path: FilePath) throws(Errno) {
        var built = FilePath(root: path.root ?? "/")
        for component in path.components {
            built.append(component)
            let result = built.withPlatformString { mkdir($0, 0o755) }
            if result != 0, errno != EEXIST { throw Errno(rawValue: errno) }
        }
    }
}
