/// Takes payloads apart; every read is checked against what is left, and nil means the payload is malformed.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ count: Int) -> Bool {
        guard rest.count >= count else { return false }
        rest = rest.dropFirst(count)
        return true
    }

    mutating func readUInt8() -> UInt8? { rest.popFirst() }
    mutating func readUInt16() -> UInt16? { readInteger() }
    mutating func readUInt32() -> UInt32? { readInteger() }
    mutating func readUInt64() -> UInt64? { readInteger() }
    mutating func readInt32() -> Int32? { readInteger() }

    mutating func readBool() -> Bool? {
        switch readUInt8() {
        case 0: false
        case 1: true
        default: nil
        }
    }

    mutating func readData() -> [UInt8]? {
        guard let count = readUInt32(), rest.count >= Int(count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }

    /// Text; bytes that are no UTF-8 become the replacement character, for a guest may send anything.
    mutating func readString() -> String? { readData().map { String(decoding: $0, as: UTF8.self) } }

    mutating func readArray<Element>(_ body: (inout WireReader) -> Element?) -> [Element]? {
        // Every element takes a byte at least, so a count beyond what is left is a lie.
        guard let count = readUInt32(), Int(count) <= rest.count else { return nil }
        var elements: [Element] = []
        for _ in 0..<count {
            guard let element = body(&self) else { return nil }
            elements.append(element)
        }
        return elements
    }

    /// `.some(nil)` is a present "no value"; nil is a malformed payload.
    mutating func readOptionalInt32() -> Int32?? {
        guard let present = readBool() else { return nil }
        guard present else { return .some(nil) }
        guard let value = readInt32() else { return nil }
        return .some(value)
    }

    private mutating func readInteger<Value: FixedWidthInteger>() -> Value? {
        let size = Value.bitWidth / 8
        guard rest.count >= size else { return nil }
        var value: Value = 0
        for byte in rest.prefix(size).reversed() { value = (value << 8) | Value(truncatingIfNeeded: byte) }
        rest = rest.dropFirst(size)
        return value
    }
}
