/// What can still be read of a JSON document that is whole, cut off, broken, or only a piece of one: the article itself shows pieces.
///
/// Accepts any input. What follows a key is a value, and the keys above it form its path.
struct SalvagedJSON {
    struct Value: Hashable {
        /// The keys from the outside to the inside.
        let path: [String]
        let text: String
        /// Whether the document broke off within it.
        let isCut: Bool
    }

    private(set) var values: [Value] = []
    /// Whether it began with a bracket and its last one was closed.
    private(set) var isWhole = false

    private static let mostValues = 20_000
    private static let deepest = 64

    init(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var path: [String] = []
        var key: String?
        var began = false
        var position = 0
        func skipBlanks() { while position < bytes.count, bytes[position] <= 0x20 { position += 1 } }
        while position < bytes.count, values.count < Self.mostValues {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard path.count < Self.deepest else { return }
                if path.isEmpty { began = true }
                path.append(key ?? "")
                key = nil
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = path.popLast()
                key = nil
                position += 1
                if path.isEmpty, began {
                    isWhole = true
                    return
                }
            case UInt8(ascii: "\""):
                let (string, isClosed) = Self.string(bytes, &position)
                skipBlanks()
                if isClosed, position < bytes.count, bytes[position] == UInt8(ascii: ":") {
                    key = string
                    position += 1
                } else {
                    values.append(Value(path: Self.path(path, key), text: string, isCut: !isClosed))
                    key = nil
                }
            case 0...0x20, UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            default:
                let start = position
                while position < bytes.count, !Self.endsWord.contains(bytes[position]) { position += 1 }
                if let name = key {
                    values.append(Value(path: Self.path(path, name), text: String(decoding: bytes[start..<position], as: UTF8.self), isCut: false))
                    key = nil
                }
            }
        }
    }

    private static let endsWord: Set<UInt8> = [
        0x09, 0x0A, 0x0D, 0x20, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["),
    ]

    private static func path(_ above: [String], _ key: String?) -> [String] { (above + [key ?? ""]).filter { !$0.isEmpty } }

    /// The last value whose path ends like this.
    func text(_ ending: String...) -> String? { value(ending)?.text }

    func value(_ ending: [String]) -> Value? { values.last { $0.path.count >= ending.count && $0.path.suffix(ending.count).elementsEqual(ending) } }

    /// All values whose path ends like this: a list has one path.
    func texts(_ ending: String...) -> [String] {
        values.filter { $0.path.count >= ending.count && $0.path.suffix(ending.count).elementsEqual(ending) }.map(\.text)
    }

    /// Reads a string from its opening quote on.
    private static func string(_ bytes: [UInt8], _ position: inout Int) -> (String, isClosed: Bool) {
        var out: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return (String(decoding: out, as: UTF8.self), true)
            case UInt8(ascii: "\\"):
                guard position < bytes.count else { break }
                let escaped = bytes[position]
                position += 1
                out.append(contentsOf: Self.unescaped(escaped, bytes, &position))
            default: out.append(byte)
            }
        }
        return (String(decoding: out, as: UTF8.self), false)
    }

    private static func unescaped(_ byte: UInt8, _ bytes: [UInt8], _ position: inout Int) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"), UInt8(ascii: "f"): return [0x20]
        case UInt8(ascii: "u"):
            let digits = bytes[position..<min(position + 4, bytes.count)]
            guard digits.count == 4, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else { return [] }
            position += 4
            // Half of a surrogate pair is shown as what it is: not a character.
            return Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
        default: return [byte]
        }
    }
}
