import ArtefactCache
import Digests
import Glibc
import SystemPackage

/// Reading whole files with errors that name them.
enum FileContent {
    /// Opens a regular file; a folder or a pipe given by mistake is refused before it is read.
    static func open(_ path: FilePath) throws -> FileDescriptor {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            var status = stat()
            let isKnown = fstat(file.rawValue, &status) == 0
            guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
                try file.close()
                throw status.st_mode & S_IFMT == S_IFDIR ? Errno.isDirectory : Errno.invalidArgument
            }
            return file
        } catch let error as Errno {
            throw GuestImageError(.unreadable, path: path, errno: error)
        }
    }

    static func read(_ file: FileDescriptor, upTo limit: Int, of path: FilePath) throws -> [UInt8] {
        do {
            return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        } catch let error as Errno {
            throw GuestImageError(.unreadable, path: path, errno: error)
        }
    }

    /// - Throws: `GuestImageError.tooLarge` for more than `limit` bytes.
    static func bytes(of path: FilePath, limit: Int) throws -> [UInt8] {
        let file = try open(path)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            while true {
                let piece = try read(file, upTo: 1 << 20, of: path)
                if piece.isEmpty { return bytes }
                bytes += piece
                guard bytes.count <= limit else { throw GuestImageError(.tooLarge, path: path, found: "more than \(limit) bytes") }
            }
        }
    }

    /// The SHA-256 of a file in hexadecimal.
    static func digest(of path: FilePath, _ digests: DigestMemory = DigestMemory(in: nil)) throws -> String {
        // Refuses what is not a regular file.
        try open(path).close()
        do { return try digests.digest(of: path, isSparse: false) } catch let error as Errno { throw GuestImageError(.unreadable, path: path, errno: error) }
    }

    static func digest(of bytes: [UInt8]) -> String { Digest(of: bytes).hexadecimal }

    /// One digest for several texts; where one ends is part of it.
    static func digest(of parts: [String]) -> String {
        var running = RunningDigest()
        for part in parts {
            running.update("\(part.utf8.count):".utf8)
            running.update(part.utf8)
        }
        return running.digest.hexadecimal
    }
}
