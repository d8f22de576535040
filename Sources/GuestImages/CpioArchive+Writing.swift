public import SystemPackage

extension CpioArchive {
    /// Writes the archive to a new file, padded with zeros to a multiple of `alignment` bytes.
    ///
    /// Files are copied in pieces, so memory does not grow with them.
    /// - Throws: `GuestImageError` about a source, `Errno` about the destination.
    public func write(to path: FilePath, alignment: Int = 4) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try file.closeAfter {
            var output = Output(file: file)
            for (index, entry) in entries.enumerated() { try output.append(entry, inode: index + 1) }
            try output.finish(alignment: alignment)
        }
    }

    /// Collects small writes and keeps count.
    private struct Output {
        let file: FileDescriptor
        private var buffer: [UInt8] = []
        private var written = 0

        init(file: FileDescriptor) { self.file = file }

        mutating func append(_ entry: Entry, inode: Int) throws {
            switch entry.content {
            case .folder:
                try appendHeader(entry.path, inode: inode, mode: 0o040000 | entry.mode)
            case .symlink(let target):
                try appendHeader(entry.path, inode: inode, mode: 0o120000 | entry.mode, size: target.utf8.count)
                try append(Array(target.utf8))
            case .characterDevice(let major, let minor):
                try appendHeader(entry.path, inode: inode, mode: 0o020000 | entry.mode, device: (major, minor))
            case .file(.bytes(let bytes)):
                try appendHeader(entry.path, inode: inode, mode: 0o100000 | entry.mode, size: bytes.count)
                try append(bytes)
            case .file(.file(let source)):
                try copy(source, as: entry, inode: inode)
            }
            try pad(to: 4)
        }

        mutating func finish(alignment: Int) throws {
            try appendHeader("TRAILER!!!", inode: 0, mode: 0)
            try pad(to: 4)
            try flush()
            // The rest is a hole, which takes no room.
            try file.resize(to: Int64((written + alignment - 1) / alignment * alignment))
        }

        private mutating func copy(_ path: FilePath, as entry: Entry, inode: Int) throws {
            let source = try FileContent.open(path)
            try source.closeAfter {
                let size = try Int(source.seek(offset: 0, from: .end))
                try source.seek(offset: 0, from: .start)
                guard size <= Int(UInt32.max) else { throw GuestImageError(.tooLarge, path: path, found: "\(size) bytes") }
                try appendHeader(entry.path, inode: inode, mode: 0o100000 | entry.mode, size: size)
                var left = size
                while true {
                    let piece = try FileContent.read(source, upTo: 1 << 20, of: path)
                    if piece.isEmpty { break }
                    left -= piece.count
                    guard left >= 0 else { throw GuestImageError(.changedMeanwhile, path: path) }
                    try append(piece)
                }
                guard left == 0 else { throw GuestImageError(.changedMeanwhile, path: path) }
            }
        }

        private mutating func appendHeader(
            _ path: String, inode: Int, mode: UInt32, size: Int = 0, device: (major: UInt32, minor: UInt32) = (0, 0)
        ) throws {
            let name = Array(path.utf8) + [0]
            // Inode, mode, user, group, links, time, size, device, device of the node, length of the name, check (unused).
            let fields = [UInt32(inode), mode, 0, 0, 1, 0, UInt32(size), 0, 0, device.major, device.minor, UInt32(name.count), 0]
            try append(Array("070701".utf8) + fields.flatMap(Self.hexadecimal) + name)
            try pad(to: 4)
        }

        private static func hexadecimal(_ value: UInt32) -> [UInt8] {
            let digits = Array("0123456789abcdef".utf8)
            return (0..<8).reversed().map { digits[Int(value >> UInt32($0 * 4)) & 15] }
        }

        private mutating func append(_ bytes: [UInt8]) throws {
            buffer += bytes
            written += bytes.count
            if buffer.count >= 1 << 20 { try flush() }
        }

        private mutating func pad(to alignment: Int) throws { try append([UInt8](repeating: 0, count: (alignment - written % alignment) % alignment)) }

        private mutating func flush() throws {
            _ = try file.writeAll(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
    }
}
