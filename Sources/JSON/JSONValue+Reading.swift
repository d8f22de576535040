/// Why a text is not a JSON document.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, in bytes from the start.
    public let offset: Int
    public let reason: String

    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
    /// Reads one document (RFC 8259): anything after the document, and nesting deeper than 64 are errors. A UTF-8 byte order mark before
    /// it is skipped.
    /// - Parameter isTolerant: Reads as most readers do: of members with one name the last counts, and what is not UTF-8 or half a
    ///   surrogate pair becomes U+FFFD. Strictly, these are errors.
    public init(parsing bytes: [UInt8], isTolerant: Bool = false) throws(JSONError) {
        var reader = JSONReader(bytes: bytes, isTolerant: isTolerant)
        self = try reader.document()
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    let isTolerant: Bool
    var position = 0
    static let deepest = 64

    init(bytes: [UInt8], isTolerant: Bool) {
        self.bytes = bytes
        self.isTolerant = isTolerant
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        let value = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw failure("unexpected text after the document") }
        return value
    }

    func failure(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

    mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.deepest else { throw failure("nested too deeply") }
        skipBlanks()
        guard position < bytes.count else { throw failure("unexpected end") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("unexpected character") }
        position += word.utf8.count
        return value
    }

    mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("expected a member's name") }
            let name = try string()
            if !names.insert(name).inserted {
                guard isTolerant else { throw failure("member '\(name)' is there twice") }
                members.removeAll { $0.name == name }
            }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
        }
    }

    mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            values.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(values) }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
        }
    }

    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        while position < bytes.count, "+-.eE0123456789".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.first, first.isASCII, first.isNumber, !(first == "0" && digits.dropFirst().first?.isNumber == true)
        else {
            position = start
            throw failure("unexpected character")
        }
        if let integer = Int(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else { throw failure("number '\(text)' cannot be represented") }
        return .double(double)
    }

    mutating func string() throws(JSONError) -> String {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                if isTolerant { return String(decoding: text, as: UTF8.self) }
                guard let result = String(validating: text, as: UTF8.self) else { throw failure("text that is not UTF-8") }
                return result
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw failure("control character in a string")
            default: text.append(byte)
            }
        }
        throw failure("string without end")
    }

    mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw failure("unexpected end") }
        let kind = bytes[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeEscape()).utf8)
        default: throw failure("unknown escape")
        }
    }

    mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let high = try hexadecimal()
        var value = high
        if (0xd800..<0xdc00).contains(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try hexadecimal()
            guard (0xdc00..<0xe000).contains(low) else { return try halfPair() }
            value = 0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { return try halfPair() }
        return scalar
    }

    func halfPair() throws(JSONError) -> Unicode.Scalar {
        guard isTolerant else { throw failure("half a surrogate pair") }
        return "\u{FFFD}"
    }

    mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("unexpected end") }
        let digits = bytes[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return value
    }
}
