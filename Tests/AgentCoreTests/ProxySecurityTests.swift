import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import AgentCore

@Suite("The proxy decides and signs")
struct ProxyAuthorisationTests {
    private static let answer: ProxyFixture.Script = { received in
        received.contains("\r\n\r\n") ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") : nil
    }

    private static func get(_ target: String = "/", _ headers: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: h\r\n\(headers)Connection: close\r\n\r\n"
    }

    @Test("who may not is refused before the destination hears of it, and is on record", arguments: [PlatformService.wireServer, .hostGAPlugin])
    func denied(service: PlatformService) async throws {
        try await ProxyFixture.with(userID: 1000, service: service, script: Self.answer) { fixture in
            let answer = try await fixture.talk([Self.get()])
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
            #expect(fixture.origin.connections == 0)
            var status = AgentStatus()
            fixture.ledger.fill(&status)
            #expect(status.refusals.map(\.key.responseStatus) == ["403 Forbidden"])
            #expect(status.connections.map(\.key.responseStatus) == ["403 Forbidden"])
        }
    }

    @Test("what is no service of the platform's is refused as well")
    func noService() async throws {
        try await ProxyFixture.with(service: nil, script: Self.answer) { fixture in
            let answer = try await fixture.talk([Self.get()])
            #expect(answer.hasPrefix("HTTP/1.1 403"))
            #expect(fixture.origin.connections == 0)
        }
    }

    @Test("rules that only watch let pass and remember")
    func audited() async throws {
        struct Watching: Authoriser {
            func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision { .audit }
        }
        try await ProxyFixture.with(authoriser: Watching(), script: Self.answer) { fixture in
            let answer = try await fixture.talk([Self.get()])
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            var status = AgentStatus()
            fixture.ledger.fill(&status)
            #expect(status.refusals.map(\.key.responseStatus) == ["403 Forbidden"])
            #expect(status.connections.map(\.key.responseStatus) == ["200 OK"])
        }
    }

    /// The request as the destination got it, taken apart again.
    private static func parsed(_ text: String) throws -> (head: HTTPRequestHead, body: String) {
        let parts = text.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            let colon = try #require(line.firstIndex(of: ":"))
            headers.add(name: String(line[..<colon]), value: line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        return (
            HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: String(words[0])), uri: String(words[1]), headers: headers),
            parts.dropFirst().joined(separator: "\r\n\r\n")
        )
    }

    @Test(
        "what is signed is what goes over the wire",
        arguments: [
            "GET /metadata/instance?B=1&a=2 HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\nConnection: close\r\n\r\n",
            "POST /machine?comp=health HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nX-Twice: 1\r\nX-Twice: 2\r\nConnection: close\r\n\r\n<Health/>",
            "HEAD /%7Euser?x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Blank:   padded  \r\n\r\n",
        ])
    func signed(request: String) async throws {
        try await ProxyFixture.with(key: RequestSignerTests.key, script: Self.answer) { fixture in
            let answer = try await fixture.talk([request])
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            let (head, body) = try Self.parsed(try #require(fixture.origin.requests.first))
            let signature = try #require(head.headers.first(name: "x-ms-azure-host-authorization"))
            #expect(
                signature
                    == RequestSigner.authorization(
                        method: head.method, target: head.uri, headers: head.headers, body: Array(body.utf8), key: RequestSignerTests.key))
            #expect(head.headers.first(name: "x-ms-azure-host-claims") == #"{ "isRoot": "true"}"#)
        }
    }

    @Test("a client's own signature, claims and date never pass, with a key or without", arguments: [true, false])
    func forged(hasKey: Bool) async throws {
        try await ProxyFixture.with(userID: 1000, key: hasKey ? RequestSignerTests.key : nil, script: Self.answer) { fixture in
            _ = try await fixture.talk([
                Self.get(
                    "/",
                    "X-MS-Azure-Host-Authorization: forged\r\nx-ms-azure-host-authorization: again\r\nx-ms-azure-host-claims: { \"isRoot\": "
                        + "\"true\"}\r\nx-ms-azure-host-date: forged\r\n"
                )
            ])
            let (head, _) = try Self.parsed(try #require(fixture.origin.requests.first))
            #expect(head.headers["x-ms-azure-host-authorization"].count == (hasKey ? 1 : 0))
            #expect(!fixture.origin.requests[0].contains("forged"))
            #expect(head.headers["x-ms-azure-host-claims"] == [#"{ "isRoot": "false"}"#])
        }
    }

    @Test(
        "the two calls that stream go unsigned for root, and as any other for the rest",
        arguments: [("PUT /vmAgentLog", UInt32(0)), ("POST /machine/?comp=telemetrydata", 0), ("PUT /vmAgentLog", 1000)])
    func exempt(line: String, user: UInt32) async throws {
        try await ProxyFixture.with(userID: user, key: RequestSignerTests.key, script: Self.answer) { fixture in
            _ = try await fixture.talk(["\(line) HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nzip"])
            let (head, _) = try Self.parsed(try #require(fixture.origin.requests.first))
            #expect(head.headers.contains(name: "x-ms-azure-host-authorization") == (user != 0))
        }
    }

    @Test(
        "a body larger than may be signed is refused, said in the head or found out later",
        arguments: [
            "Content-Length: 200000\r\n", "Transfer-Encoding: chunked\r\n",
        ])
    func tooLarge(framing: String) async throws {
        try await ProxyFixture.with(key: RequestSignerTests.key, script: Self.answer) { fixture in
            let chunk = String(repeating: "x", count: 1 << 16)
            let body = framing.hasPrefix("C") ? chunk : (0..<3).map { _ in "10000\r\n\(chunk)\r\n" }.joined() + "0\r\n\r\n"
            let answer = try await fixture.talk(["POST / HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\(body)"])
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(fixture.origin.requests.isEmpty)
        }
    }

    @Test("paths of the agent's own are answered for whoever connects, and never passed on")
    func local() async throws {
        struct Fixed: LocalEndpoint {
            func answer(_ request: HTTPRequestHead, caller: CallerClaims?) -> LocalAnswer { LocalAnswer(.ok, body: caller == nil ? "{}" : "[]") }
        }
        for audited in [true, false] {
            try await ProxyFixture.with(audited: audited, locals: ["/provision": Fixed()], script: Self.answer) { fixture in
                let answer = try await fixture.talk([Self.get("/provision?x=1")])
                #expect(answer.hasPrefix("HTTP/1.1 200"))
                #expect(answer.hasSuffix(audited ? "[]" : "{}"))
                #expect(fixture.origin.connections == 0)
            }
        }
    }

    @Test("who connects for the agent itself is no client that was lost; who wants more is")
    func excused() async throws {
        struct Fixed: LocalEndpoint {
            func answer(_ request: HTTPRequestHead, caller: CallerClaims?) -> LocalAnswer { LocalAnswer(.ok, body: "{}") }
        }
        try await ProxyFixture.with(audited: false, locals: ["/provision": Fixed()], script: Self.answer) { fixture in
            _ = try await fixture.talk([Self.get("/")])
            #expect(fixture.origin.excused == 0)
            for count in 1...2 {
                #expect(try await fixture.talk([Self.get("/provision")]).hasSuffix("{}"))
                #expect(fixture.origin.excused == count)
            }
        }
        let board = AuditBoard()
        for port: UInt16 in 1...3 { #expect(board.consume(source: Endpoint(address: .loopback, port: port)) == nil) }
        board.excuseMissing()
        #expect(board.missed == 2)
    }

    @Test(
        "paths that climb or are empty in between are refused, decoded or not",
        arguments: ["//", "/a//b", "/a/../b", "/a/%2e%2E/b", "/..", "http://example.com/"])
    func paths(target: String) async throws {
        try await ProxyFixture.with(script: Self.answer) { fixture in
            let answer = try await fixture.talk([Self.get(target)])
            #expect(answer.hasPrefix("HTTP/1.1 403"))
            #expect(fixture.origin.connections == 0)
        }
    }
}

/// A request that is never whole is given up at once.
private let quick: ProxyLimits = {
    var limits = ProxyLimits()
    limits.headTime = .milliseconds(300)
    limits.stallTime = .milliseconds(300)
    return limits
}()

@Suite("Ambiguous requests")
struct ProxySmugglingTests {
    /// What the destination makes of bytes must be what the proxy made of them: it never sees a second request that the proxy did not.
    private static let secret = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

    static let ambiguous: [String] = [
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4, 4\r\n\r\nabcd", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\nabcd", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\nabcd", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 4\r\n\r\nabcd", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\u{0B}chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /\u{1} HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: h\r\n\r\n", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "GET / http/1.1\r\nHost: h\r\n\r\n", "GET /\r\nHost: h\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}", "SSH-2.0-x\r\n",
    ]

    @Test("are refused, and the destination hears of nothing", arguments: ambiguous)
    func refused(request: String) async throws {
        for key in [RequestSignerTests.key, nil] {
            try await ProxyFixture.with(limits: quick, key: key, script: { _ in .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }) { fixture in
                let answer = try await fixture.talk([request + Self.secret])
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(80))")
                #expect(!answer.contains("HTTP/1.1 2"))
                #expect(fixture.origin.requests.isEmpty)
            }
        }
    }

    @Test(
        "chunks that are none end the connection, and what hides behind them is never a request",
        arguments: [
            "zz\r\nabcd\r\n0\r\n\r\n", "4\nabcd\n0\n\n", "4\r\nabcdX0\r\n\r\n", "-1\r\nabcd\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\nabcd\r\n0\r\n\r\n",
            "0x4\r\nabcd\r\n0\r\n\r\n",
        ])
    func chunks(body: String) async throws {
        try await ProxyFixture.with(limits: quick, key: RequestSignerTests.key, script: { _ in .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }) {
            fixture in
            _ = try await fixture.talk(["POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(body)\(Self.secret)"])
            #expect(!fixture.origin.requests.contains { $0.contains("smuggled") })
        }
    }

    @Test("damaged requests crash nothing and smuggle nothing", arguments: fuzzSeeds(6))
    func damaged(seed: UInt64) async throws {
        let samples = [
            "GET / HTTP/1.1\r\nHost: h", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd",
            "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0",
        ]
        let pieces = [
            "GET ", "POST ", "/", " HTTP/1.1", "\r\n", "\n", "\r", "Host: h", "Content-Length: ", "4", "Transfer-Encoding: ", "chunked", ": ", ",", "0\r\n\r\n",
            "abcd", "\u{0}", "\t", " ", "é", "Connection: close",
        ]
        try await ProxyFixture.with(
            limits: quick, key: RequestSignerTests.key,
            script: { received in
                received.contains("\r\n\r\n") ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") : nil
            }
        ) { fixture in
            for bytes in DamagedSamples(of: samples, seed: seed, count: 60, pieces: pieces) {
                _ = try await fixture.talk([String(decoding: bytes, as: UTF8.self) + "\r\n\r\n\r\nX /end HTTP/1.1\r\n\r\n"], until: { !$0.isEmpty })
            }
            // Whatever came through is one request each, whole and signed.
            for request in fixture.origin.requests {
                #expect(request.components(separatedBy: "x-ms-azure-host-authorization: Azure-HMAC-SHA256").count == 2, "\(request)")
            }
            let answer = try await fixture.talk(["GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }
}
