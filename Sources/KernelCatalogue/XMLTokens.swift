import Glibc

/// The tags and texts of an XML document in order, as ranges of its bytes. Memory use does not grow with the document.
///
/// Strict and bounded: a document type is rejected, so entities cannot expand and no other file is read. Tags must match, and their depth is
/// limited. Comments and processing instructions are skipped; CDATA is text.
struct XMLTokens {
    enum Token: Equatable {
        /// A tag, and where its name and its attributes are.
        case start(name: Range<Int>, attributes: Range<Int>, isEmpty: Bool)
        case end(name: Range<Int>)
        case text(Range<Int>, isRaw: Bool)
    }

    /// Why a text is not a valid document.
    struct Malformed: Error, Hashable { let reason: String }

    private let bytes: UnsafeRawBufferPointer
    /// Where the next token begins.
    private(set) var position: Int
    private var open: [Range<Int>] = []
    private var hasRoot = false

    static let deepest = 32

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        // The UTF-8 byte order mark.
        position = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    var depth: Int { open.count }

    /// - Returns: Nil at the end of a whole document.
    mutating func next() throws(Malformed) -> Token? {
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let start = position
                position = find(UInt8(ascii: "<"), from: start) ?? bytes.count
                if !open.isEmpty { return .text(start..<position, isRaw: false) }
                guard bytes[start..<position].allSatisfy(Self.isBlank) else { throw Malformed(reason: hasRoot ? "text follows its end" : "it is not XML") }
            } else if starts("<!--") {
                position = try end(of: "-->", after: 4, "a comment")
            } else if starts("<![CDATA[") {
                let start = position + 9
                position = try end(of: "]]>", after: 9, "raw text")
                guard !open.isEmpty else { throw Malformed(reason: "raw text stands outside of it") }
                return .text(start..<(position - 3), isRaw: true)
            } else if starts("<?") {
                position = try end(of: "?>", after: 2, "an instruction")
            } else if starts("<!") {
                throw Malformed(reason: "it has a document type")
            } else {
                return try tag()
            }
        }
        guard open.isEmpty, hasRoot else { throw Malformed(reason: hasRoot ? "it breaks off" : "it is empty") }
        return nil
    }

    private mutating func tag() throws(Malformed) -> Token {
        let isEnd = position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/")
        let nameStart = position + (isEnd ? 2 : 1)
        var cursor = nameStart
        while cursor < bytes.count, Self.isName(bytes[cursor]) { cursor += 1 }
        let name = nameStart..<cursor
        guard !name.isEmpty, name.count < 256 else { throw Malformed(reason: "a tag has no name") }
        if isEnd {
            while cursor < bytes.count, Self.isBlank(bytes[cursor]) { cursor += 1 }
            guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: ">") else { throw Malformed(reason: "a tag breaks off") }
            guard let last = open.popLast(), equal(last, name) else { throw Malformed(reason: "'\(text(name))' closes nothing") }
            position = cursor + 1
            return .end(name: name)
        }
        let attributes = cursor
        cursor = try endOfAttributes(from: cursor)
        let isEmpty = bytes[cursor - 1] == UInt8(ascii: "/") && cursor - 1 >= attributes
        if open.isEmpty {
            guard !hasRoot else { throw Malformed(reason: "it has two roots") }
            hasRoot = true
        }
        if !isEmpty {
            guard open.count < Self.deepest else { throw Malformed(reason: "it is nested too deeply") }
            open.append(name)
        }
        position = cursor + 1
        return .start(name: name, attributes: attributes..<(isEmpty ? cursor - 1 : cursor), isEmpty: isEmpty)
    }

    /// The position of the tag's `>`, which may also occur in a value.
    private func endOfAttributes(from start: Int) throws(Malformed) -> Int {
        var cursor = start
        var quote: UInt8?
        while cursor < bytes.count {
            let byte = bytes[cursor]
            if let open = quote {
                if byte == open { quote = nil }
                if byte == UInt8(ascii: "<") { throw Malformed(reason: "a tag breaks off") }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return cursor
            } else if byte == UInt8(ascii: "<") {
                break
            }
            cursor += 1
        }
        throw Malformed(reason: "a tag breaks off")
    }

    // MARK: - Bytes

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func name(_ range: Range<Int>, is wanted: String) -> Bool { bytes[range].elementsEqual(wanted.utf8) }

    private func equal(_ left: Range<Int>, _ right: Range<Int>) -> Bool { left.count == right.count && bytes[left].elementsEqual(bytes[right]) }

    private func starts(_ mark: StaticString) -> Bool {
        guard let base = bytes.baseAddress, bytes.count - position >= mark.utf8CodeUnitCount else { return false }
        return memcmp(base + position, mark.utf8Start, mark.utf8CodeUnitCount) == 0
    }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count, let found = memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// The position after a mark that ends the construct at `start`.
    private func end(of mark: StaticString, after start: Int, _ what: String) throws(Malformed) -> Int {
        var cursor = position + start
        while let found = find(mark.utf8Start.pointee, from: cursor) {
            if bytes.count - found >= mark.utf8CodeUnitCount, let base = bytes.baseAddress, memcmp(base + found, mark.utf8Start, mark.utf8CodeUnitCount) == 0 {
                return found + mark.utf8CodeUnitCount
            }
            cursor = found + 1
        }
        throw Malformed(reason: "\(what) breaks off")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"),
            UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }
}
