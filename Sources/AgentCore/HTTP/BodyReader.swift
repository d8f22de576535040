internal import NIOCore

/// Extracts a message's body from the bytes after its head, and detects its end (RFC 9112 sections 6 and 7.1).
struct BodyReader {
    enum Step {
        case part(ByteBuffer)
        case incomplete
        case end
        case malformed
    }

    private enum State {
        case length(Int)
        case untilClose
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers(Int)
        case ended
    }

    private var state: State

    private init(_ state: State) { self.state = state }

    static let none = BodyReader(.ended)
    static let chunked = BodyReader(.chunkSize)
    static let untilClose = BodyReader(.untilClose)
    static func length(_ count: Int) -> BodyReader { BodyReader(count == 0 ? .ended : .length(count)) }

    var hasEnded: Bool { if case .ended = state { true } else { false } }
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

    /// The limit of a chunk's first line, in bytes: its size, and extensions, which are dropped.
    static let longestSizeLine = 1024
    /// In bytes.
    static let largestTrailers = 16 << 10

    /// - Parameters:
    ///   - input: The received bytes; those that were read are removed.
    ///   - trailers: Receives the fields after the last chunk, one per line.
    mutating func next(_ input: inout ByteBuffer, trailers: inout ByteBuffer) -> Step {
        while true {
            switch state {
            case .ended: return .end
            case .untilClose: return take(input.readableBytes, &input)
            case .length(let left):
                let step = take(left, &input)
                if case .part(let bytes) = step { state = bytes.readableBytes == left ? .ended : .length(left - bytes.readableBytes) }
                return step
            case .chunk(let left):
                let step = take(left, &input)
                if case .part(let bytes) = step { state = bytes.readableBytes == left ? .chunkEnd : .chunk(left - bytes.readableBytes) }
                return step
            case .chunkEnd:
                guard input.readableBytes >= 2 else { return .incomplete }
                guard input.readInteger(as: UInt16.self) == 0x0d0a else { return .malformed }
                state = .chunkSize
            case .chunkSize:
                switch Self.line(&input, longest: Self.longestSizeLine, { Self.chunkSize($0) }) {
                case .incomplete: return .incomplete
                case .malformed: return .malformed
                case .value(let size): state = size == 0 ? .trailers(0) : .chunk(size)
                }
            case .trailers(let count):
                let before = input.readableBytes
                switch Self.line(&input, longest: Self.largestTrailers - count, { Self.takeTrailer($0, into: &trailers) }) {
                case .incomplete: return .incomplete
                case .malformed: return .malformed
                case .value(let isLast): state = isLast ? .ended : .trailers(count + before - input.readableBytes)
                }
            }
        }
    }

    private func take(_ most: Int, _ input: inout ByteBuffer) -> Step {
        let count = min(most, input.readableBytes)
        guard count > 0, let part = input.readSlice(length: count) else { return .incomplete }
        return .part(part)
    }

    private enum Line<Value> {
        case incomplete
        case malformed
        case value(Value)
    }

    /// Reads and removes a line.
    private static func line<Value>(_ input: inout ByteBuffer, longest: Int, _ read: (UnsafeRawBufferPointer) -> Value?) -> Line<Value> {
        var length = 0
        let result: Line<Value> = input.withUnsafeReadableBytes { bytes in
            guard let end = HeadReader.lineFeed(in: bytes, from: 0) else { return bytes.count > longest ? .malformed : .incomplete }
            guard end > 0, end <= longest, bytes[end - 1] == HTTPGrammar.carriageReturn else { return .malformed }
            length = end + 1
            return read(UnsafeRawBufferPointer(rebasing: bytes[..<(end - 1)])).map { .value($0) } ?? .malformed
        }
        input.moveReaderIndex(forwardBy: length)
        return result
    }

    /// Nil unless the line is a hexadecimal size with optional extensions: `;name` or `;name=word` each.
    private static func chunkSize(_ line: UnsafeRawBufferPointer) -> Int? {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard !digits.isEmpty, digits.count <= 15 else { return nil }
        var size = 0
        for byte in digits {
            guard let digit = PercentEncoding.digit(byte) else { return nil }
            size = size << 4 | Int(digit)
        }
        for text in line[digits.endIndex...].dropFirst().split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        where digits.endIndex < line.endIndex {
            let words = text.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard words.allSatisfy({ HTTPGrammar.isToken(UnsafeRawBufferPointer(rebasing: $0)) }) else { return nil }
        }
        return size
    }

    /// - Returns: Whether the line ends the message; nil for one that is not a field.
    private static func takeTrailer(_ line: UnsafeRawBufferPointer, into trailers: inout ByteBuffer) -> Bool? {
        if line.isEmpty { return true }
        guard let field = HeadReader.field(TextRange(0, line.count), in: line) else { return nil }
        var facts = HeadFacts()
        facts.note(field.name.text(in: line), field.value.text(in: line))
        // Fields for message framing are valid in heads only (RFC 9110 section 6.5.1).
        guard facts.hosts + facts.lengths + facts.encodings == 0 else { return nil }
        trailers.writeBytes(field.name.text(in: line))
        trailers.writeStaticString(": ")
        trailers.writeBytes(field.value.text(in: line))
        trailers.writeStaticString("\r\n")
        return false
    }
}
