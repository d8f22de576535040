/// Makes untrusted text harmless and keeps it readable. Characters that move the cursor, change the reading direction, are invisible or end
/// a document become visible signs.
public enum VisibleText {
    /// Further conversions. All happen in one pass over the bytes, because a site can show hundreds of megabytes of logs.
    struct Form: OptionSet {
        let rawValue: Int
        /// Characters that are special in HTML and XML become entities.
        static let escaped = Form(rawValue: 1)
        /// A line break becomes a sign too.
        static let line = Form(rawValue: 2)
    }

    /// - Parameter bytes: UTF-8 as a guest sent it; invalid bytes are shown in hexadecimal.
    static func of(_ bytes: [UInt8]) -> String {
        var visible: [UInt8] = []
        bytes.withUnsafeBufferPointer { append($0, to: &visible, []) }
        return String(decoding: visible, as: UTF8.self)
    }

    static func of(_ text: String) -> String { transformed(text, []) }

    /// One line: line breaks become signs, and text beyond the limit is cut.
    public static func line(_ text: String, limit: Int = 4096) -> String {
        // Counting characters is slow, so it happens only when there can be too many.
        let cut = text.utf8.count > limit && text.count > limit ? "\(text.prefix(limit))…" : text
        return transformed(cut, .line)
    }

    private static func transformed(_ text: String, _ form: Form) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var text = text
        var visible: [UInt8] = []
        text.withUTF8 { append($0, to: &visible, form) }
        return String(decoding: visible, as: UTF8.self)
    }

    static func append(_ source: UnsafeBufferPointer<UInt8>, to out: inout [UInt8], _ form: Form) {
        var start = 0
        var index = 0
        while index < source.count {
            let byte = source[index]
            if isPlain(byte, form) {
                index += 1
                continue
            }
            out.append(contentsOf: source[start..<index])
            index += appendSpecial(source[index...], to: &out, form)
            start = index
        }
        out.append(contentsOf: source[start..<index])
    }

    private static func isPlain(_ byte: UInt8, _ form: Form) -> Bool {
        if byte >= 0x7F { return false }
        if byte < 0x20 { return !form.contains(.line) && (byte == 0x0A || byte == 0x09) }
        return !form.contains(.escaped) || entity(byte) == nil
    }

    /// - Returns: The number of bytes consumed.
    private static func appendSpecial(_ rest: Slice<UnsafeBufferPointer<UInt8>>, to out: inout [UInt8], _ form: Form) -> Int {
        let byte = rest[rest.startIndex]
        if let entity = entity(byte) {
            entity.withUTF8Buffer { out.append(contentsOf: $0) }
            return 1
        }
        if byte < 0x80 {
            // A serial console ends lines with CR LF.
            if byte == 0x0D, rest.count > 1, rest[rest.startIndex + 1] == 0x0A { return 1 }
            if byte == 0x09 { out.append(0x20) } else { picture(of: byte, to: &out) }
            return 1
        }
        var parser = Unicode.UTF8.ForwardParser()
        var source = rest.prefix(4).makeIterator()
        switch parser.parseScalar(from: &source) {
        case .valid(let encoded):
            let scalar = Unicode.UTF8.decode(encoded)
            if isHarmless(scalar) { out.append(contentsOf: encoded) } else { out.append(contentsOf: "⟨U+\(hexadecimal(scalar.value, digits: 4))⟩".utf8) }
            return encoded.count
        case .error(let length):
            for byte in rest.prefix(length) { out.append(contentsOf: "⟨0x\(hexadecimal(UInt32(byte), digits: 2))⟩".utf8) }
            return length
        case .emptyInput: return 1
        }
    }

    private static func entity(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }

    /// U+2400 onwards are pictures of the control characters.
    private static func picture(of control: UInt8, to out: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(control == 0x7F ? 0x2421 : 0x2400 + UInt32(control)) else { return }
        out.append(contentsOf: Character(scalar).utf8)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
