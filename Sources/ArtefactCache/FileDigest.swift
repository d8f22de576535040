internal import Digests
import Glibc
public import SystemPackage

/// SHA-256 of files, as text in hexadecimal.
public enum FileDigest {
    private static let blockSize = 1 << 20
    /// SEEK_DATA of lseek(2), which Swift's Glibc module does not export.
    private static let seekData: Int32 = 3

    /// - Throws: `Errno`.
    public static func whole(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try file.closeAfter { try whole(file) }
    }

    /// - Parameter file: Read from its beginning, independent of its offset.
    /// - Throws: `Errno`.
    public static func whole(_ file: FileDescriptor) throws -> String { try digest(file) { _, bytes, hash in hash.update(bytes) } }

    /// A digest of a file with long runs of zeros, of which only the positions count. Holes are skipped without reading. The digest depends only
    /// on the content, not on where the holes are.
    /// - Throws: `Errno`.
    public static func sparse(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            try digest(file, skipsHoles: true) { index, bytes, hash in
                guard bytes.contains(where: { $0 != 0 }) else { return }
                withUnsafeBytes(of: UInt64(index).littleEndian) { hash.update($0) }
                hash.update(bytes)
            }
        }
    }

    /// One digest for several texts; it depends on where each one ends.
    public static func text(_ parts: [String]) -> String {
        var hash = RunningDigest()
        for part in parts { hash.update("\(part.utf8.count):\(part)".utf8) }
        return hash.digest.hexadecimal
    }

    private static func digest(
        _ file: FileDescriptor, skipsHoles: Bool = false, _ update: (_ block: Int, UnsafeRawBufferPointer, inout RunningDigest) -> Void
    ) throws -> String {
        let end = try Int(file.seek(offset: 0, from: .end))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 4096)
        defer { buffer.deallocate() }
        var hash = RunningDigest()
        var block = 0
        while block * blockSize < end {
            if skipsHoles {
                // Fails with ENXIO when only holes follow.
                let data = lseek(file.rawValue, off_t(block * blockSize), seekData)
                guard data >= 0 else { break }
                block = max(block, Int(data) / blockSize)
            }
            let length = min(blockSize, end - block * blockSize)
            var got = 0
            while got < length {
                let count = try file.read(
                    fromAbsoluteOffset: Int64(block * blockSize + got), into: UnsafeMutableRawBufferPointer(rebasing: buffer[got..<length]))
                // The file was truncated while it was read.
                guard count > 0 else { throw Errno.ioError }
                got += count
            }
            update(block, UnsafeRawBufferPointer(rebasing: buffer[..<length]), &hash)
            block += 1
        }
        return hash.digest.hexadecimal
    }
}
