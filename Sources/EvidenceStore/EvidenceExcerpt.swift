import Glibc
import SystemPackage

/// The beginning and the end of an evidence file: what a report shows of it, however large it is.
public struct EvidenceExcerpt: Hashable, Sendable {
    public let head: [UInt8]
    /// Empty when `head` is all there is.
    public let tail: [UInt8]
    /// The whole file's size.
    public let size: Int

    public init(head: [UInt8], tail: [UInt8], size: Int) {
        self.head = head
        self.tail = tail
        self.size = size
    }

    /// The bytes between head and tail.
    public var omitted: Int { size - head.count - tail.count }
}

extension CellFolder {
    /// What is to be shown of a file; nil when there is none.
    ///
    /// A run's folder is not trusted: a link would publish the file it points to, and a pipe would never end.
    public func excerpt(of file: EvidenceFile, head: Int, tail: Int) -> EvidenceExcerpt? {
        guard
            let descriptor = try? FileDescriptor.open(self.file(file), .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
        else { return nil }
        return try? descriptor.closeAfter {
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            let size = Int(status.st_size)
            if size <= head + tail {
                let all = try Self.read(descriptor, from: 0, count: size)
                return EvidenceExcerpt(head: all, tail: [], size: all.count)
            }
            return EvidenceExcerpt(
                head: try Self.read(descriptor, from: 0, count: head), tail: try Self.read(descriptor, from: size - tail, count: tail), size: size)
        }
    }

    private static func read(_ descriptor: FileDescriptor, from offset: Int, count: Int) throws -> [UInt8] {
        var filled = 0
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let read = try descriptor.read(fromAbsoluteOffset: Int64(offset + filled), into: rest)
                if read == 0 { break }
                filled += read
            }
            length = filled
        }
    }
}
