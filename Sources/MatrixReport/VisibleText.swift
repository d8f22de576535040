/// Text that nobody vouches for, made harmless and still readable: what would move a cursor, turn the direction of reading, hide
/// itself or end a document is shown as a sign instead.
enum VisibleText {
    /// - Parameter bytes: UTF-8 as a guest sent it; bytes that are none are shown as such.
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        if bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
        var text = ""
        text.reserveCapacity(bytes.count + bytes.count / 8)
        var parser = Unicode.UTF8.ForwardParser()
        var source = bytes.makeIterator()
        var place = 0
        while true {
            switch parser.parseScalar(from: &source) {
            case .valid(let encoded):
                place += encoded.count
                let scalar = Unicode.UTF8.decode(encoded)
                // The lines of a serial console end in both.
                if scalar == "\r", place < bytes.count, bytes[place] == UInt8(ascii: "\n") { continue }
                append(scalar, to: &text)
            case .error(let length):
                for byte in bytes[place..<min(place + length, bytes.count)] { text += "⟨0x\(hexadecimal(byte))⟩" }
                place += length
            case .emptyInput: return text
            }
        }
    }

    static func of(_ text: String) -> String {
        text.utf8.allSatisfy(isPlain) ? text : of(text.utf8)
    }

    /// For where a line break would begin something else: it is shown as a sign, and the rest is cut at a limit.
    static func line(_ text: String, limit: Int = 4096) -> String {
        let whole = of(text.count > limit ? "\(text.prefix(limit))…" : text)
        guard whole.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }) else { return whole }
        return whole.replacing("\n", with: "␊").replacing("\t", with: " ")
    }

    static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar.value {
        case 0x09, 0x0A, 0x20..<0x7F: text.unicodeScalars.append(scalar)
        // U+2400 and on are pictures of the control characters.
        case 0..<0x20: if let picture = Unicode.Scalar(0x2400 + scalar.value) { text.unicodeScalars.append(picture) }
        case 0x7F: text += "␡"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "⟨U+\(hexadecimal(scalar))⟩"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
