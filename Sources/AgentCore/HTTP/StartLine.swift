/// The first line of a request or of an answer, as offsets into the head.
enum StartLine {
    case none
    case request(RequestLine)
    case status(StatusLine)
}

struct RequestLine {
    var method: RequestMethod
    var methodText: TextRange
    var target: TextRange
    var isHTTP10: Bool

    /// Nil for a line that is not exactly `METHOD target HTTP/1.1`, or `HTTP/1.0`.
    init?(_ line: TextRange, in head: UnsafeRawBufferPointer) {
        let text = line.text(in: head)
        guard let first = text.firstIndex(of: HTTPGrammar.space), let method = RequestMethod(UnsafeRawBufferPointer(rebasing: text[..<first])) else {
            return nil
        }
        let rest = text[(first + 1)...]
        guard let second = rest.firstIndex(of: HTTPGrammar.space), second > first + 1 else { return nil }
        guard rest[..<second].allSatisfy({ $0 > HTTPGrammar.space && $0 != 0x7f }) else { return nil }
        guard let isHTTP10 = StatusLine.isHTTP10(UnsafeRawBufferPointer(rebasing: rest[(second + 1)...])) else { return nil }
        let start = Int(line.start)
        self.method = method
        methodText = TextRange(start, start + first)
        target = TextRange(start + first + 1, start + second)
        self.isHTTP10 = isHTTP10
    }
}

struct StatusLine {
    var code: UInt16
    var reason: TextRange
    var isHTTP10: Bool

    /// Nil for a line that is not of the form `HTTP/1.1 200 reason`; the reason may be empty or missing, with its blank.
    init?(_ line: TextRange, in head: UnsafeRawBufferPointer) {
        let text = line.text(in: head)
        guard text.count >= 12, let isHTTP10 = Self.isHTTP10(UnsafeRawBufferPointer(rebasing: text[..<8])), text[8] == HTTPGrammar.space,
            let code = HTTPGrammar.number(UnsafeRawBufferPointer(rebasing: text[9..<12])), (100...599).contains(code)
        else { return nil }
        guard text.count == 12 || text[12] == HTTPGrammar.space else { return nil }
        let reason = min(13, text.count)
        guard HTTPGrammar.isFieldValue(UnsafeRawBufferPointer(rebasing: text[reason...])) else { return nil }
        self.code = UInt16(code)
        self.reason = TextRange(Int(line.start) + reason, Int(line.end))
        self.isHTTP10 = isHTTP10
    }

    /// Nil for a version other than 1.1 and 1.0.
    static func isHTTP10(_ text: UnsafeRawBufferPointer) -> Bool? {
        guard text.count == 8, text.dropLast().elementsEqual("HTTP/1.".utf8) else { return nil }
        switch text[7] {
        case UInt8(ascii: "0"): return true
        case UInt8(ascii: "1"): return false
        default: return nil
        }
    }
}
