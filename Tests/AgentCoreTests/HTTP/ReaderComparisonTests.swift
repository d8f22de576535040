import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import AgentCore

/// The proxy's own reader against SwiftNIO's, which accepts more: whatever ours accepts, the other takes apart in the same way.
@Suite("Two readers of the same bytes", .timeLimit(.minutes(2)))
struct ReaderComparisonTests {
    struct Message: Hashable, CustomStringConvertible {
        var start: String
        var fields: [String]
        var body = ""
        var isWhole = false
        var description: String { "\(start) \(fields) '\(body)' \(isWhole)" }
    }

    private static let requests = [
        "GET /metadata/instance?api-version=2021-02-01 HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\nAccept: */*\r\n\r\n",
        "POST /machine?comp=health HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n<Health/>",
        "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nA;x=y\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n",
        "HEAD /%7Euser HTTP/1.0\r\nConnection: keep-alive\r\nX-Blank:   padded \t \r\n\r\n",
    ]
    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n",
        "HTTP/1.0 404 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
    ]
    /// What attackers put where it does not belong.
    private static let pieces = [
        "\r\n", "\n", "\r", " ", "\t", ":", ",", "\u{0}", "\u{b}", "chunked", "Content-Length: 4\r\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "transfer-encoding:\u{b}chunked\r\n", "Host: x\r\n",
        " HTTP/1.1", "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", "0\r\n\r\n", "4\r\nabcd\r\n", "0x", "+", "-1", ";", "1", "\r\n ", "Connection: close\r\n",
        "é",
    ]

    /// Damaged messages, some of them behind others on the same connection.
    private static func mutants(_ kind: HeadReader.Kind, seed: UInt64, count: Int) -> DamagedSamples {
        let samples = kind == .request ? requests : answers
        return DamagedSamples(of: samples + samples.indices.map { samples[$0] + samples[($0 + 1) % samples.count] }, seed: seed, count: count, pieces: pieces)
    }

    // MARK: Ours

    /// The messages up to the first that is refused or is not whole.
    private static func own(_ bytes: [UInt8], _ kind: HeadReader.Kind) -> [Message] {
        var (input, result) = (ByteBuffer(bytes: bytes), [Message]())
        while input.readableBytes > 0 {
            var reader = HeadReader(kind, HeadLimits(fields: 100, bytes: 1 << 16))
            guard case .complete(let length) = input.withUnsafeReadableBytes({ reader.read($0) }) else { break }
            let (read, accepted) = input.withUnsafeReadableBytes { (message(reader, $0), body(reader, target: $0)) }
            guard var message = read, var body = accepted else { break }
            input.moveReaderIndex(forwardBy: length)
            var (trailers, isGoingOn) = (ByteBuffer(), true)
            while isGoingOn {
                switch body.next(&input, trailers: &trailers) {
                case .part(let bytes): message.body += String(buffer: bytes)
                case .end:
                    message.isWhole = true
                    isGoingOn = false
                case .incomplete, .malformed: isGoingOn = false
                }
            }
            // SwiftNIO leaves out answers before the answer; both proxies do.
            if kind == .request || !message.start.hasPrefix("1") { result.append(message) }
            // What follows on a connection that is not kept, nobody reads.
            guard message.isWhole, reader.facts.keepsConnection(isHTTP10: message.start.hasSuffix("1.0")) else { break }
        }
        return result
    }

    private static func message(_ reader: HeadReader, _ head: UnsafeRawBufferPointer) -> Message? {
        func text(_ range: TextRange) -> String { String(decoding: range.text(in: head), as: UTF8.self) }
        let fields = reader.fields.map { "\(text($0.name)): \(text($0.value))" }
        switch reader.start {
        case .none: return nil
        case .request(let line): return Message(start: "\(text(line.methodText)) \(text(line.target)) 1.\(line.isHTTP10 ? 0 : 1)", fields: fields)
        case .status(let line): return Message(start: "\(line.code) 1.\(line.isHTTP10 ? 0 : 1)", fields: fields)
        }
    }

    /// Nil for a message that the proxy refuses by its head.
    private static func body(_ reader: HeadReader, target head: UnsafeRawBufferPointer) -> BodyReader? {
        switch reader.start {
        case .none: return nil
        case .request(let line):
            let target = line.target.text(in: head)
            guard RequestCheck(line, reader.facts, target: target).refusal(target: target, ProxyLimits()) == nil else { return nil }
            // Neither reader goes on after an upgrade.
            return reader.facts.asksToUpgrade ? nil : ProxyExchange(line, reader.facts, isExempt: false, isHeld: false).body
        case .status(let line):
            guard line.code != 101 else { return nil }
            if line.code < 200 || line.code == 204 || line.code == 304 { return reader.facts.hasOneFraming(isHTTP10: line.isHTTP10) ? BodyReader.none : nil }
            guard reader.facts.hasOneFraming(isHTTP10: line.isHTTP10) else { return nil }
            return reader.facts.encodings > 0 ? .chunked : reader.facts.length.map { .length($0) } ?? .untilClose
        }
    }

    // MARK: SwiftNIO's

    private static func theirs(_ bytes: [UInt8], _ kind: HeadReader.Kind) throws -> [Message] {
        let channel = EmbeddedChannel()
        var result: [Message] = []
        switch kind {
        case .request: try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        case .answer:
            try channel.pipeline.syncOperations.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
            for _ in 0..<20 {
                channel.write(HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "h"])), promise: nil)
            }
        }
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        func trimmed(_ value: String) -> String { String(decoding: Array(value.utf8).withUnsafeBytes { Array(HTTPGrammar.trimmed($0)) }, as: UTF8.self) }
        func add(_ head: String, _ version: HTTPVersion, _ headers: HTTPHeaders) {
            result.append(Message(start: "\(head) \(version.major).\(version.minor)", fields: headers.map { "\($0.name): \(trimmed($0.value))" }))
        }
        switch kind {
        case .request:
            while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
                switch part {
                case .head(let head): add("\(head.method.rawValue) \(head.uri)", head.version, head.headers)
                case .body(let body): result[result.count - 1].body += String(buffer: body)
                case .end: result[result.count - 1].isWhole = true
                }
            }
        case .answer:
            while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
                switch part {
                case .head(let head): add("\(head.status.code)", head.version, head.headers)
                case .body(let body): result[result.count - 1].body += String(buffer: body)
                case .end: result[result.count - 1].isWhole = true
                }
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return result
    }

    @Test("see the same messages, damaged or not", arguments: fuzzSeeds(8))
    func same(seed: UInt64) throws {
        var accepted = 0
        for kind in [HeadReader.Kind.request, .answer] {
            for bytes in Self.mutants(kind, seed: seed, count: 750) {
                let own = Self.own(bytes, kind)
                let theirs = try Self.theirs(bytes, kind)
                accepted += own.count
                let isSame =
                    own.count <= theirs.count
                    && zip(own, theirs).allSatisfy { ours, other in
                        ours.start == other.start && ours.fields == other.fields
                            && (ours.isWhole ? ours.body == other.body && other.isWhole : other.body.hasPrefix(ours.body))
                    }
                try #require(isSame, "\(String(decoding: bytes, as: UTF8.self).debugDescription)\n\(own)\n\(theirs)")
            }
        }
        // Else nothing would have been compared.
        #expect(accepted > 500)
    }

    @Test("a reader sees the same in pieces as in one", arguments: fuzzSeeds(4))
    func pieces(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for kind in [HeadReader.Kind.request, .answer] {
            for bytes in Self.mutants(kind, seed: seed, count: 1000) {
                var (whole, cut) = (HeadReader(kind, HeadLimits(fields: 100, bytes: 1 << 16)), HeadReader(kind, HeadLimits(fields: 100, bytes: 1 << 16)))
                let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &generator) }
                #expect(whole.read(bytes, cuts: []) == cut.read(bytes, cuts: cuts), "\(String(decoding: bytes, as: UTF8.self).debugDescription) \(cuts)")
            }
        }
    }
}
