import Glibc
import SystemPackage

/// A raw disk in a file, read piece by piece.
final class DiskFile {
    let path: FilePath
    /// In bytes.
    let size: Int
    private let descriptor: FileDescriptor

    /// - Throws: `DiskImageError` with `unreadable`; also for what is not a regular file.
    init(_ path: FilePath) throws(DiskImageError) {
        self.path = path
        do {
            // Non-blocking, because opening a pipe would wait for its writer.
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                try? descriptor.close()
                throw Errno.invalidArgument
            }
            self.descriptor = descriptor
            size = Int(status.st_size)
        } catch {
            throw DiskImageError(.unreadable, subject: path.string, detail: "\(error)")
        }
    }

    deinit { try? descriptor.close() }

    /// Reads up to `count` bytes; fewer at the end of the file.
    func read(at offset: Int, count: Int) throws(DiskImageError) -> [UInt8] {
        do {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = try bytes.withUnsafeMutableBytes { buffer in
                    try descriptor.read(fromAbsoluteOffset: Int64(offset + filled), into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                }
                if got == 0 { break }
                filled += got
            }
            return Array(bytes.prefix(filled))
        } catch {
            throw DiskImageError(.unreadable, subject: path.string, detail: "\(error)")
        }
    }

    /// Whether a range is within the disk. Safe for any numbers that an image contains.
    func holds(offset: Int, times factor: Int = 1, length: Int) -> Bool {
        let (start, isTooLarge) = offset.multipliedReportingOverflow(by: factor)
        guard !isTooLarge, start >= 0, length >= 0, start <= size else { return false }
        return length <= size - start
    }

    func damaged(_ detail: String) -> DiskImageError { DiskImageError(.damaged, subject: path.string, detail: detail) }
}
