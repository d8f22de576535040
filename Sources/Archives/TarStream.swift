/// What a tar archive holds at one name.
public struct TarEntry: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case file, folder, link, special }

    /// As the archive has it: it may lead anywhere, and whoever uses it as a path has to look first.
    public let name: String
    public let kind: Kind
    /// Where in the archive its content lies; empty unless it is a file.
    public let content: Range<Int>
}

/// A tar archive in memory, entry by entry: ustar with the long names of GNU tar and of pax (POSIX.1-2001).
public struct TarStream<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
    private static var block: Int { 512 }

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
            guard offset + Self.block <= archive.endIndex else { throw .malformed("the archive breaks off at byte \(offset)") }
            let header = Array(archive[offset..<offset + Self.block])
            guard header.contains(where: { $0 != 0 }) else { return nil }
            guard Self.checksum(header) == Self.octal(header, 148, 8) else { throw .malformed("wrong checksum at byte \(offset)") }
            let type = header[156]
            let hasContent = [0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"), UInt8(ascii: "g")]
                .contains(type)
            guard let size = hasContent ? Self.octal(header, 124, 12) : 0 else { throw .malformed("no size at byte \(offset)") }
            guard size <= limit else { throw .tooLarge("a member of \(size) bytes") }
            let start = offset + Self.block
            guard start + size <= archive.endIndex else { throw .malformed("the archive breaks off within a member at byte \(offset)") }
            offset = start + (size + Self.block - 1) / Self.block * Self.block
            switch type {
            case UInt8(ascii: "L"): longName = String(decoding: archive[start..<start + size].prefix { $0 != 0 }, as: UTF8.self)
            case UInt8(ascii: "x"): longName = try Self.paxPath(Array(archive[start..<start + size])) ?? longName
            case UInt8(ascii: "K"), UInt8(ascii: "g"): break
            default: return TarEntry(name: longName ?? Self.name(header), kind: Self.kind(type), content: start..<start + size)
            }
        }
    }

    private static func kind(_ type: UInt8) -> TarEntry.Kind {
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): .file
        case UInt8(ascii: "1"), UInt8(ascii: "2"): .link
        case UInt8(ascii: "5"): .folder
        default: .special
        }
    }

    private static func text(_ header: [UInt8], _ offset: Int, _ count: Int) -> String {
        String(decoding: header.dropFirst(offset).prefix(count).prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func name(_ header: [UInt8]) -> String {
        let name = text(header, 0, 100)
        // GNU's own form has a space after the word, and other things in the prefix's place.
        guard header.dropFirst(257).starts(with: Array("ustar\0".utf8)) else { return name }
        let prefix = text(header, 345, 155)
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func octal(_ header: [UInt8], _ offset: Int, _ count: Int) -> Int? {
        Int(text(header, offset, count).filter { $0 != " " }, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The sum of all bytes, with spaces in the sum's own place.
    private static func checksum(_ header: [UInt8]) -> Int {
        header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    }

    /// Records are `LENGTH KEY=VALUE\n`, the length counting all of it.
    private static func paxPath(_ content: [UInt8]) throws(ArchiveError) -> String? {
        var rest = content[...]
        var path: String?
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != UInt8(ascii: " ") }
            guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1, length <= rest.count else {
                throw .malformed("an extended header cannot be read")
            }
            let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
            let key = record.prefix { $0 != UInt8(ascii: "=") }
            if Array(key) == Array("path".utf8) { path = String(decoding: record.dropFirst(key.count + 1), as: UTF8.self) }
            rest = rest.dropFirst(length)
        }
        return path
    }
}
