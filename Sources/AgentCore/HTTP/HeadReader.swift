internal import Glibc

/// Parses the head of a request or of an answer in place, line by line as its bytes arrive, and determines its framing.
///
/// The next program parses the same bytes. So everything that two parsers could read differently is malformed here: bare line feeds and carriage
/// returns, continued lines, blanks before a colon, control characters (RFC 9112 sections 2.2, 5.1 and 5.2).
struct HeadReader {
    enum Kind { case request, answer }

    enum Progress: Hashable {
        case incomplete
        /// The length of the head in bytes, including its empty line.
        case complete(Int)
        case malformed
        case tooLarge
    }

    private(set) var start = StartLine.none
    private(set) var fields: [HeaderField] = []
    private(set) var facts = HeadFacts()

    private let kind: Kind
    private let limits: HeadLimits
    /// The first byte of the next line, and the position up to which no end of line was found.
    private var line = 0
    private var scanned = 0
    /// The total length of the target, names and values.
    private var bytes = 0

    init(_ kind: Kind, _ limits: HeadLimits) {
        self.kind = kind
        self.limits = limits
    }

    /// Starts again, for the next head on the same connection.
    mutating func reset() {
        start = .none
        fields.removeAll(keepingCapacity: true)
        facts = HeadFacts()
        (line, scanned, bytes) = (0, 0, 0)
    }

    /// - Parameter head: All bytes from the start of the head. After `incomplete`, the same bytes and more.
    mutating func read(_ head: UnsafeRawBufferPointer) -> Progress {
        while let end = Self.lineFeed(in: head, from: scanned) {
            guard end > line, head[end - 1] == HTTPGrammar.carriageReturn else { return .malformed }
            let text = TextRange(line, end - 1)
            (line, scanned) = (end + 1, end + 1)
            if let outcome = take(text, head) { return outcome }
        }
        scanned = head.count
        return checkBeginning(head)
    }

    /// - Returns: Nil if the next line has to be read.
    private mutating func take(_ text: TextRange, _ head: UnsafeRawBufferPointer) -> Progress? {
        if case .none = start {
            // Old clients send empty lines before a request (RFC 9112 section 2.2).
            if text.count == 0, kind == .request { return line <= HeadLimits.emptyBytes ? nil : .malformed }
            guard readStart(text, head) else { return .malformed }
        } else if text.count == 0 {
            return .complete(line)
        } else {
            guard fields.count < limits.fields else { return .tooLarge }
            guard readField(text, head) else { return .malformed }
        }
        return bytes <= limits.bytes ? nil : .tooLarge
    }

    private mutating func readStart(_ text: TextRange, _ head: UnsafeRawBufferPointer) -> Bool {
        switch kind {
        case .request:
            guard let request = RequestLine(text, in: head) else { return false }
            bytes += request.target.count
            start = .request(request)
        case .answer:
            guard let status = StatusLine(text, in: head) else { return false }
            bytes += status.reason.count
            start = .status(status)
        }
        return true
    }

    private mutating func readField(_ text: TextRange, _ head: UnsafeRawBufferPointer) -> Bool {
        guard let field = Self.field(text, in: head) else { return false }
        bytes += field.name.count + field.value.count
        fields.append(field)
        facts.note(field.name.text(in: head), field.value.text(in: head))
        return true
    }

    /// Nil for a line that is not a field.
    static func field(_ line: TextRange, in head: UnsafeRawBufferPointer) -> HeaderField? {
        let (start, end) = (Int(line.start), Int(line.end))
        var colon = start
        while colon < end, HTTPGrammar.isToken(head[colon]) { colon += 1 }
        guard colon > start, colon < end, head[colon] == UInt8(ascii: ":") else { return nil }
        var (first, last) = (colon + 1, end)
        while first < last, HTTPGrammar.isBlank(head[first]) { first += 1 }
        while last > first, HTTPGrammar.isBlank(head[last - 1]) { last -= 1 }
        let value = TextRange(first, last)
        guard HTTPGrammar.isFieldValue(value.text(in: head)) else { return nil }
        return HeaderField(name: TextRange(start, colon), value: value)
    }

    /// Checks a line without its end, so that a client of another protocol gets its answer at once.
    private func checkBeginning(_ head: UnsafeRawBufferPointer) -> Progress {
        guard bytes + head.count - line <= limits.bytes + HeadLimits.lineExtra else { return .tooLarge }
        if case .none = start, line < head.count {
            let first = head[line]
            guard HTTPGrammar.isToken(first) || first == HTTPGrammar.carriageReturn else { return .malformed }
        }
        return .incomplete
    }

    static func lineFeed(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = text.baseAddress, start < text.count, let found = memchr(base + start, Int32(HTTPGrammar.lineFeed), text.count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }
}

/// How large a head may be.
struct HeadLimits {
    var fields: Int
    /// The target or the reason, names and values together.
    var bytes: Int

    /// How many bytes an incomplete line may have in addition.
    static let lineExtra = 256
    /// Empty lines before a request, in bytes.
    static let emptyBytes = 8
}
