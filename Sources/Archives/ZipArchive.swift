/// A zip archive in memory, read by its central directory (PKWARE's APPNOTE.TXT), as every tool reads it.
public struct ZipArchive {
    public struct Entry: Hashable, Sendable {
        /// As the archive has it: it may lead anywhere, so it must be checked before it is used as a path.
        public let name: String
        /// Once unpacked, in bytes, as the archive has it.
        public let size: Int
        public let isFolder: Bool
        fileprivate let method: Int
        fileprivate let packedSize: Int
        fileprivate let offset: Int
        fileprivate let isEncrypted: Bool
    }

    public let entries: [Entry]
    private let archive: [UInt8]

    /// - Parameter mostEntries: An archive with more is refused.
    public init(_ archive: [UInt8], mostEntries: Int) throws(ArchiveError) {
        self.archive = archive
        // The end record is followed by a comment of at most 65535 bytes.
        let earliest = max(0, archive.count - 22 - 0xFFFF)
        let end = stride(from: archive.count - 22, through: earliest, by: -1).first { archive[$0...].starts(with: [0x50, 0x4B, 5, 6]) }
        guard archive.count >= 22, let end else { throw .malformed("no central directory: it may have been cut off") }
        let count = Self.number(archive, end + 10, 2)
        guard count <= mostEntries else { throw .tooLarge("\(count) members") }
        var position = Self.number(archive, end + 16, 4)
        var entries: [Entry] = []
        for _ in 0..<count {
            guard position + 46 <= archive.count, archive[position...].starts(with: [0x50, 0x4B, 1, 2]) else {
                throw .malformed("the central directory breaks off at byte \(position)")
            }
            let nameLength = Self.number(archive, position + 28, 2)
            let next = position + 46 + nameLength + Self.number(archive, position + 30, 2) + Self.number(archive, position + 32, 2)
            guard next <= archive.count else { throw .malformed("the central directory breaks off at byte \(position)") }
            // Windows's own tool of old writes backslashes.
            let name = String(decoding: archive[(position + 46)..<(position + 46 + nameLength)], as: UTF8.self).replacing("\\", with: "/")
            entries.append(
                Entry(
                    name: name, size: Self.number(archive, position + 24, 4), isFolder: name.hasSuffix("/"), method: Self.number(archive, position + 10, 2),
                    packedSize: Self.number(archive, position + 20, 4), offset: Self.number(archive, position + 42, 4),
                    isEncrypted: archive[position + 8] & 1 == 1))
            position = next
        }
        self.entries = entries
    }

    /// Hands on what an entry holds, in pieces.
    /// - Parameter limit: The most that may come out, in bytes.
    public func read(_ entry: Entry, limit: Int, _ body: (ArraySlice<UInt8>) throws(ArchiveError) -> Void) throws(ArchiveError) {
        guard !entry.isEncrypted else { throw .malformed("it is encrypted") }
        guard entry.size <= limit else { throw .tooLarge("\(entry.size) bytes once unpacked") }
        guard entry.offset + 30 <= archive.count, archive[entry.offset...].starts(with: [0x50, 0x4B, 3, 4]) else {
            throw .malformed("its header is not where it should be")
        }
        let start = entry.offset + 30 + Self.number(archive, entry.offset + 26, 2) + Self.number(archive, entry.offset + 28, 2)
        guard start + entry.packedSize <= archive.count else { throw .malformed("it breaks off") }
        let packed = archive[start..<start + entry.packedSize]
        switch entry.method {
        case 0: try body(packed)
        case 8:
            let stream = InflateStream(.deflate)
            var count = 0
            try stream.add(packed) { (piece) throws(ArchiveError) in
                count += piece.count
                // The directory may lie about the size.
                guard count <= limit else { throw .tooLarge("more than \(limit) bytes once unpacked") }
                try body(piece)
            }
            try stream.finish()
        default: throw .malformed("it is compressed in a way (\(entry.method)) that is not known here")
        }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
