/// One block of a tar archive that describes what follows it: ustar (POSIX.1-2001), and GNU tar's.
struct TarHeader {
    /// What the blocks that follow are.
    enum Use { case entry, longName, extended, ignored }

    static let size = 512

    let use: Use
    let kind: TarEntry.Kind
    let name: String
    /// Of what follows, in bytes.
    let size: Int

    /// How many bytes follow, with those that fill the last block.
    var padded: Int { (size + Self.size - 1) / Self.size * Self.size }

    /// Nil for the empty block at an archive's end.
    /// - Parameter offset: Where the block is, for errors.
    init?(_ block: [UInt8], at offset: Int) throws(ArchiveError) {
        guard block.contains(where: { $0 != 0 }) else { return nil }
        guard Self.checksum(block) == Self.octal(block, 148, 8) else { throw .malformed("wrong checksum at byte \(offset)") }
        let type = block[156]
        let hasContent = [0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"), UInt8(ascii: "g")].contains(type)
        guard let size = hasContent ? Self.octal(block, 124, 12) : 0 else { throw .malformed("no size at byte \(offset)") }
        // Twelve octal digits are less than 2^36.
        self.size = size
        name = Self.name(block)
        switch type {
        case UInt8(ascii: "L"): use = .longName
        case UInt8(ascii: "x"): use = .extended
        case UInt8(ascii: "K"), UInt8(ascii: "g"): use = .ignored
        default: use = .entry
        }
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "1"), UInt8(ascii: "2"): kind = .link
        case UInt8(ascii: "5"): kind = .folder
        default: kind = .special
        }
    }

    /// The name in the content of a block of GNU's for long names.
    static func longName(_ content: some Collection<UInt8>) -> String { String(decoding: content.prefix { $0 != 0 }, as: UTF8.self) }

    /// The path in an extended header. Records are `LENGTH KEY=VALUE\n`, the length counting all of it.
    static func path(extended content: [UInt8]) throws(ArchiveError) -> String? {
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

    private static func text(_ block: [UInt8], _ offset: Int, _ count: Int) -> String {
        String(decoding: block.dropFirst(offset).prefix(count).prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func name(_ block: [UInt8]) -> String {
        let name = text(block, 0, 100)
        // GNU's own form has a space after the word, and other things in the prefix's place.
        guard block.dropFirst(257).starts(with: Array("ustar\0".utf8)) else { return name }
        let prefix = text(block, 345, 155)
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func octal(_ block: [UInt8], _ offset: Int, _ count: Int) -> Int? {
        Int(text(block, offset, count).filter { $0 != " " }, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The sum of all bytes, with spaces in the sum's own place.
    private static func checksum(_ block: [UInt8]) -> Int {
        block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    }
}
