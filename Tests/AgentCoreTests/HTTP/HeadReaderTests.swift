import TestSupport
import Testing

@testable import AgentCore

@Suite("Reading a head")
struct HeadReaderTests {
    private static func progress(_ text: String, _ kind: HeadReader.Kind = .request, cuts: [Int] = []) -> HeadReader.Progress {
        var reader = HeadReader(kind, HeadLimits(fields: 3, bytes: 100))
        return reader.read(Array(text.utf8), cuts: cuts)
    }

    @Test("ends with its empty line, wherever it was cut")
    func whole() {
        let text = "GET /a HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n"
        for cut in 0...text.utf8.count { #expect(Self.progress(text + "rest", cuts: [cut]) == .complete(text.utf8.count)) }
        #expect(Self.progress("\r\n\r\n" + text) == .complete(text.utf8.count + 4))
        #expect(Self.progress("HTTP/1.1 200\r\n\r\n", .answer) == .complete(16))
        #expect(Self.progress("HTTP/1.0 599 a b\r\n\r\n", .answer) == .complete(20))
    }

    @Test(
        "is refused for what two readers could take apart differently",
        arguments: [
            "GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
            "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\n A: b\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n",
            "GET / HTTP/1.1\r\n: b\r\n\r\n",
            "GET / HTTP/1.1\r\nA\u{0}: b\r\n\r\n", "GET / HTTP/1.1\r\nA: \u{0}\r\n\r\n", "GET / HTTP/1.1\r\nA: \u{7f}\r\n\r\n",
            "GET / HTTP/1.1\r\né: b\r\n\r\n", "GET / HTTP/1.1\r\n(: b\r\n\r\n",
            "GET  / HTTP/1.1\r\n\r\n", "GET /  HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "GET /\tHTTP/1.1\r\n\r\n",
            "GET\t/ HTTP/1.1\r\n\r\n", "GET / a HTTP/1.1\r\n\r\n",
            "GET  HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.2\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/01.1\r\n\r\n", "GET / http/1.1\r\n\r\n",
            "get / HTTP/1.1\r\n\r\n", "GE / HTTP/1.1\r\n\r\n",
            "WIDGET / HTTP/1.1\r\n\r\n", "\n\nGET / HTTP/1.1\r\n\r\n", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}", "\u{0}",
        ])
    func malformed(text: String) {
        #expect(Self.progress(text) == .malformed)
        for cut in 0...text.utf8.count { #expect(Self.progress(text, cuts: [cut]) == .malformed) }
    }

    @Test(
        "an answer's first line is a version and a status",
        arguments: [
            "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n", "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1  200 x\r\n\r\n",
            "HTTP/1.1 +20 x\r\n\r\n", "HTTP/3.7 200 OK\r\n\r\n", "200 OK\r\n\r\n",
            "HTTP/1.1 200 a\u{0}\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n",
        ])
    func status(text: String) { #expect(Self.progress(text, .answer) == .malformed) }

    @Test("has no more fields and no more bytes than its limits, whole or not")
    func limits() {
        let fields = String(repeating: "A: b\r\n", count: 3)
        #expect(Self.progress("GET / HTTP/1.1\r\n\(fields)\r\n") == .complete(36))
        #expect(Self.progress("GET / HTTP/1.1\r\n\(fields)A: b\r\n\r\n") == .tooLarge)
        #expect(Self.progress("GET / HTTP/1.1\r\nA: \(String(repeating: "x", count: 98))\r\n\r\n") == .complete(121))
        #expect(Self.progress("GET / HTTP/1.1\r\nA: \(String(repeating: "x", count: 99))\r\n\r\n") == .tooLarge)
        #expect(Self.progress("GET /\(String(repeating: "x", count: 1000))") == .tooLarge)
        #expect(Self.progress("GET / HTTP/1.1\r\nA: \(String(repeating: "x", count: 1000))") == .tooLarge)
    }

    @Test(
        "what it says of its framing is certain, or it is refused",
        arguments: [
            ("", true), ("Content-Length: 4\r\n", true), ("Transfer-Encoding: Chunked\r\n", true), ("Content-Length: 007\r\n", true),
            ("Content-Length: 4\r\nContent-Length: 4\r\n", false), ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", false),
            ("Content-Length: 4, 4\r\n", false),
            ("Content-Length:\r\n", false), ("Content-Length: -1\r\n", false), ("Content-Length: +1\r\n", false), ("Content-Length: 1 1\r\n", false),
            ("Content-Length: 0x1\r\n", false),
            ("Content-Length: 9999999999999999999\r\n", false), ("Transfer-Encoding: chunked, chunked\r\n", false), ("Transfer-Encoding: identity\r\n", false),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", false), ("Transfer-Encoding:\r\n", false),
            ("transfer-encoding: xchunked\r\n", false),
        ])
    func framing(fields: String, isCertain: Bool) {
        var reader = HeadReader(.request, HeadLimits(fields: 9, bytes: 999))
        #expect(reader.read(Array("GET / HTTP/1.1\r\n\(fields)\r\n".utf8), cuts: []) != .malformed)
        #expect(reader.facts.hasOneFraming(isHTTP10: false) == isCertain)
    }

    @Test("what Connection asks for is understood in any list")
    func connection() {
        func facts(_ value: String) -> HeadFacts {
            var reader = HeadReader(.request, HeadLimits(fields: 9, bytes: 999))
            _ = reader.read(Array("GET / HTTP/1.1\r\nConnection: \(value)\r\n\r\n".utf8), cuts: [])
            return reader.facts
        }
        #expect(facts("x, CLOSE").asksToClose)
        #expect(!facts("closed").asksToClose)
        #expect(facts(",,Keep-Alive ,").keepsConnection(isHTTP10: true))
        #expect(!facts("keep-alive, close").keepsConnection(isHTTP10: false))
        #expect(facts("close,\tx-ms-Azure_host-anything").namesReserved)
        #expect(!facts("x-ms-azure-hos").namesReserved)
    }
}
