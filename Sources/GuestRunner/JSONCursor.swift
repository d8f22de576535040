/// Finds one text in a JSON document without building the document. Anything malformed on the way ends the search.
struct JSONCursor {
    private let bytes: [UInt8]
    private var position = 0
    private static let maximumDepth = 64

    private struct Malformed: Error {}

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The text at a path of object keys; nil when the document is no complete JSON value or has no text there. Of keys that occur
    /// twice the last counts, as in most readers.
    static func text(at path: [String], in bytes: [UInt8]) -> String? {
        var cursor = JSONCursor(bytes)
        var found: String?
        do {
            try cursor.value(path: path[...], depth: 0, found: &found)
            cursor.skipSpace()
        } catch {
            return nil
        }
        return cursor.position == bytes.count ? found : nil
    }

    /// Reads a value. With a path, `found` becomes the text that path leads to, or nil.
    private mutating func value(path: ArraySlice<String>?, depth: Int, found: inout String?) throws(Malformed) {
        guard depth < Self.maximumDepth else { throw Malformed() }
        skipSpace()
        if path != nil { found = nil }
        switch peek {
        case UInt8(ascii: "{"): try object(path: path, depth: depth, found: &found)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""):
            let text = try string()
            if let path, path.isEmpty { found = text }
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    private mutating func object(path: ArraySlice<String>?, depth: Int, found: inout String?) throws(Malformed) {
        var ignored: String?
        try expect("{")
        skipSpace()
        if take("}") { return }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            try expect(":")
            if let path, path.first == key {
                try value(path: path.dropFirst(), depth: depth + 1, found: &found)
            } else {
                try value(path: nil, depth: depth + 1, found: &ignored)
            }
            skipSpace()
        } while take(",")
        try expect("}")
    }

    private mutating func array(depth: Int) throws(Malformed) {
        var ignored: String?
        try expect("[")
        skipSpace()
        if take("]") { return }
        repeat {
            try value(path: nil, depth: depth + 1, found: &ignored)
            skipSpace()
        } while take(",")
        try expect("]")
    }

    private mutating func string() throws(Malformed) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw Malformed()
            default: text.append(byte)
            }
        }
        throw Malformed()
    }

    private mutating func escape(into text: inout [UInt8]) throws(Malformed) {
        guard let byte = peek else { throw Malformed() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count,
                let unit = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
            else { throw Malformed() }
            position += 4
            // Only plain letters decide anything here; halves of surrogate pairs become replacement characters.
            text += Array(String(decoding: [unit], as: UTF16.self).utf8)
        default: throw Malformed()
        }
    }

    private mutating func number() throws(Malformed) {
        let start = position
        while let byte = peek, "+-.0123456789eE".utf8.contains(byte) { position += 1 }
        guard position > start else { throw Malformed() }
    }

    private mutating func literal(_ word: StaticString) throws(Malformed) {
        for byte in word.description.utf8 {
            guard peek == byte else { throw Malformed() }
            position += 1
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
        guard take(character) else { throw Malformed() }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
