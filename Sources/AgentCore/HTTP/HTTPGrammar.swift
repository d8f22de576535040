/// The character classes and comparisons of HTTP's heads, on bytes (RFC 9110 sections 5.1, 5.5 and 5.6.2).
enum HTTPGrammar {
    static let carriageReturn: UInt8 = 0x0d
    static let lineFeed: UInt8 = 0x0a
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    // Bit sets of the characters below 64, and of the next 64.
    private static let lowTokens: UInt64 = 0x03ff_6cfa_0000_0000
    private static let highTokens: UInt64 = 0x57ff_ffff_c7ff_fffe

    static func isToken(_ byte: UInt8) -> Bool {
        if byte < 64 { return lowTokens >> UInt64(byte) & 1 == 1 }
        return byte < 128 && highTokens >> UInt64(byte & 63) & 1 == 1
    }

    /// Whether the text is a token; an empty one is not.
    static func isToken(_ text: UnsafeRawBufferPointer) -> Bool { !text.isEmpty && text.allSatisfy(isToken) }

    /// Whether the text has only visible characters, blanks and bytes beyond ASCII.
    static func isFieldValue(_ text: UnsafeRawBufferPointer) -> Bool { text.allSatisfy { $0 >= space && $0 != 0x7f || $0 == tab } }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Compares without regard to ASCII case.
    /// - Parameter wanted: In lower case.
    static func equals(_ text: UnsafeRawBufferPointer, _ wanted: StaticString) -> Bool {
        guard text.count == wanted.utf8CodeUnitCount else { return false }
        let wanted = wanted.utf8Start
        for index in text.indices where lowercased(text[index]) != wanted[index] { return false }
        return true
    }

    /// Removes blanks at both ends.
    static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (text.startIndex, text.endIndex)
        while start < end, isBlank(text[start]) { start += 1 }
        while end > start, isBlank(text[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: text[start..<end])
    }

    /// Calls `body` with each element of a comma-separated list, without blanks; empty elements are left out.
    static func forEachElement(of list: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var rest = list[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            let element = trimmed(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            if !element.isEmpty { body(element) }
            rest = rest[end...].dropFirst()
        }
    }

    /// Reads a decimal number without sign; nil for anything else and for what does not fit.
    static func number(_ text: UnsafeRawBufferPointer) -> Int? {
        guard !text.isEmpty, text.count <= 18 else { return nil }
        var value = 0
        for byte in text {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte &- 0x30)
        }
        return value
    }
}
