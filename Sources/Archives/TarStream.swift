/// What a tar archive holds at one name.
public struct TarEntry: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case file, folder, link, special }

    /// As the archive has it: it may lead anywhere, so it must be checked before it is used as a path.
    public let name: String
    public let kind: Kind
    /// Where in the archive its content lies; empty unless it is a file.
    public let content: Range<Int>
}

/// A tar archive in memory, entry by entry: ustar with the long names of GNU tar and of pax (POSIX.1-2001).
public struct TarStream<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
    private let archive: Bytes
    /// Of one entry, in bytes.
    private let limit: Int
    private var offset: Int

    public init(_ archive: Bytes, limit: Int) {
        self.archive = archive
        self.limit = limit
        offset = archive.startIndex
    }

    /// Nil at the archive's end.
    public mutating func next() throws(ArchiveError) -> TarEntry? {
        var longName: String?
        while true {
            guard offset + TarHeader.size <= archive.endIndex else { throw .malformed("the archive breaks off at byte \(offset)") }
            guard let header = try TarHeader(Array(archive[offset..<offset + TarHeader.size]), at: offset) else { return nil }
            guard header.size <= limit else { throw .tooLarge("a member of \(header.size) bytes") }
            let start = offset + TarHeader.size
            guard start + header.size <= archive.endIndex else { throw .malformed("the archive breaks off within a member at byte \(offset)") }
            offset = start + header.padded
            let content = start..<start + header.size
            switch header.use {
            case .longName: longName = TarHeader.longName(archive[content])
            case .extended: longName = try TarHeader.path(extended: Array(archive[content])) ?? longName
            case .ignored: break
            case .entry: return TarEntry(name: longName ?? header.name, kind: header.kind, content: content)
            }
        }
    }
}
