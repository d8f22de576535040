import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import AgentCore

@Suite("The proxy's traffic", .timeLimit(.minutes(5)))
struct ProxyTrafficTests {
    private static let hello = ProxyServerTests.hello
    private static func get(_ path: String = "/", _ headers: String = "") -> String { ProxyServerTests.get(path, headers) }
    private static func status(_ fixture: ProxyFixture) -> AgentStatus {
        var status = AgentStatus()
        fixture.ledger.fill(&status)
        return status
    }

    /// Answers once everything up to this end has come.
    private static func answering(_ answer: String, after end: String = "\r\n\r\n", closes: Bool = false) -> ProxyFixture.Script {
        { received in received.hasSuffix(end) ? .init(bytes: answer, closes: closes) : nil }
    }

    @Test(
        "answers that have no body end with their head, and the connection stays",
        arguments: [
            "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ])
    func bodiless(answer: String) async throws {
        try await ProxyFixture.with(script: Self.answering(answer)) { fixture in
            let answers = try await fixture.talk([Self.get("/1"), Self.get("/2")]) { $0.hasSuffix("\r\n\r\n") }
            #expect(answers.components(of: "HTTP/1.1 ") == 2)
            #expect(fixture.origin.requests.count == 2)
            #expect(!answers.contains("0\r\n\r\n\r\n"))
        }
    }

    @Test("trailers of an answer pass, those of a request do not")
    func trailers() async throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"
        for key in [nil, RequestSignerTests.key] {
            try await ProxyFixture.with(key: key, script: Self.answering(answer, after: "0\r\n\r\n")) { fixture in
                let request =
                    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-ms-azure-host-claims: { \"isRoot\": \"forged\"}\r\n\r\n"
                let got = try await fixture.talk([request]) { $0.hasSuffix("\r\n\r\n") && $0.contains("0\r\n") }
                #expect(got.hasSuffix("0\r\nX-Sum: 7\r\n\r\n"))
                #expect(!fixture.origin.requests.contains { $0.contains("forged") })
            }
        }
    }

    @Test("a client that closes its half after the request still gets the answer")
    func halfClosed() async throws {
        try await ProxyFixture.with(script: Self.hello) { fixture in
            let answer = try await fixture.talkHalfClosing(Self.get())
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("hello"))
        }
    }

    @Test(
        "a client that closes its half in the middle of a request gets no answer from the destination",
        arguments: [
            "GET / HTTP/1.1\r\nHost", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf",
        ])
    func halfClosedMidway(request: String) async throws {
        try await ProxyFixture.with(key: RequestSignerTests.key, script: Self.hello) { fixture in
            let answer = try await fixture.talkHalfClosing(request)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
            #expect(fixture.origin.requests.isEmpty)
        }
    }

    @Test("a client of HTTP/1.0 gets a body without chunks, ended by the connection")
    func old() async throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try await ProxyFixture.with(script: Self.answering(answer)) { fixture in
            let got = try await fixture.talk(["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"])
            #expect(!got.lowercased().contains("transfer-encoding"))
            #expect(got.hasSuffix("\r\n\r\nabc"))
        }
    }

    @Test("a client that asks before it sends a body is told to, with a key and without", arguments: [true, false])
    func expectation(hasKey: Bool) async throws {
        let script = Self.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", after: "body")
        try await ProxyFixture.with(key: hasKey ? RequestSignerTests.key : nil, script: script) { fixture in
            let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
            let answer = try await fixture.talk([head, "body"]) { $0.hasSuffix("\r\n\r\n") || $0.hasSuffix("ok") }
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(fixture.origin.requests.count == 1)
        }
    }

    @Test("a destination that never answers gets its client 504, on record")
    func mute() async throws {
        var limits = ProxyLimits()
        limits.stallTime = .milliseconds(20)
        try await ProxyFixture.with(limits: limits, script: { _ in nil }) { fixture in
            let answer = try await fixture.talk([Self.get()])
            #expect(answer.hasPrefix("HTTP/1.1 504 Gateway Timeout\r\nConnection: close\r\n"))
            #expect(Self.status(fixture).connections.map(\.key.responseStatus) == ["504 Gateway Timeout"])
            // The destination is not kept waiting either.
            var endings = fixture.origin.endings.makeAsyncIterator()
            await endings.next()
        }
    }

    @Test("a body that never comes, or comes too slowly to ever end, gets 408", arguments: [true, false])
    func slowBody(isSilent: Bool) async throws {
        var limits = ProxyLimits()
        if isSilent { limits.stallTime = .milliseconds(20) } else { limits.requestTime = .milliseconds(60) }
        try await ProxyFixture.with(limits: limits, key: RequestSignerTests.key, script: Self.hello) { fixture in
            let answer = try await fixture.talk(["POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"])
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(fixture.origin.connections == 0)
        }
    }

    @Test("an idle connection is closed after its last answer")
    func idle() async throws {
        var limits = ProxyLimits()
        limits.headTime = .milliseconds(50)
        try await ProxyFixture.with(limits: limits, script: Self.hello) { fixture in
            // Without this the client would wait for ever; a machine under load may even be too slow for the first answer.
            let answer = try await fixture.talk([Self.get()])
            #expect(answer.isEmpty || answer.hasSuffix("hello"))
        }
    }

    @Test("many idle connections up to the cap do no harm, and their places are free again when they leave")
    func cap() async throws {
        var limits = ProxyLimits()
        limits.connections = 100
        try await ProxyFixture.with(limits: limits, script: Self.hello) { fixture in
            try await fixture.holding(100) {
                let answer = try? await fixture.talk([Self.get()])
                #expect(answer ?? "" == "")
            }
            var answer = ""
            let deadline = ContinuousClock.now + .seconds(10)
            while answer.isEmpty, ContinuousClock.now < deadline {
                answer = (try? await fixture.talk([Self.get()]) { $0.hasSuffix("hello") }) ?? ""
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("ten thousand idle connections take the places of their own kind, no more")
    func burst() async throws {
        var limits = ProxyLimits()
        // On a busy machine the first are there for longer than idle connections may be.
        limits.headTime = .hours(1)
        try await ProxyFixture.with(limits: limits, userID: 1000, script: Self.hello) { fixture in
            let held = try await fixture.flood(10_000)
            #expect(held == limits.connections - limits.connectionsForRoot)
            var answer = ""
            let deadline = ContinuousClock.now + .seconds(10)
            while answer.isEmpty, ContinuousClock.now < deadline {
                answer = (try? await fixture.talk([Self.get()]) { $0.hasSuffix("hello") }) ?? ""
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("a connection that is refused leaves no entry for the next from its port", arguments: [UInt32(0), 1000])
    func entries(user: UInt32) async throws {
        var limits = ProxyLimits()
        limits.connections = 0
        try await ProxyFixture.with(limits: limits, userID: user, script: Self.hello) { fixture in
            _ = try? await fixture.talk([Self.get()])
            #expect(fixture.origin.consumed.count == 1)
            #expect(fixture.origin.consumed.allSatisfy { $0.port != 0 })
        }
    }

    @Test("some connections are for root alone", arguments: [(UInt32(0), true), (1000, false)])
    func reserve(user: UInt32, hasRoom: Bool) async throws {
        var limits = ProxyLimits()
        limits.connections = 8
        limits.connectionsForRoot = 3
        try await ProxyFixture.with(limits: limits, userID: user, script: Self.hello) { fixture in
            try await fixture.holding(5) {
                let answer = (try? await fixture.talk([Self.get()]) { $0.hasSuffix("hello") }) ?? ""
                #expect(answer.isEmpty == !hasRoom)
            }
        }
    }

    @Test("says once that there is no room, and again after there was")
    func admission() {
        var limits = ProxyLimits()
        (limits.connections, limits.connectionsForRoot) = (4, 2)
        let admission = Admission(limits)
        #expect((0..<2).map { _ in admission.enter(isRoot: false) } == [.admitted, .admitted])
        #expect(admission.enter(isRoot: false) == .refused(isFirst: true))
        #expect(admission.enter(isRoot: true) == .admitted)
        #expect(admission.enter(isRoot: false) == .refused(isFirst: false))
        for _ in 0..<3 { admission.leave() }
        #expect((0..<3).map { _ in admission.enter(isRoot: false) } == [.admitted, .admitted, .refused(isFirst: true)])
    }

    @Test(
        "a target too long gets 414, one that is none 400",
        arguments: [
            ("GET /\(String(repeating: "a", count: 40_000))", "414 URI Too Long"), ("OPTIONS *", "400 Bad Request"), ("GET h:80", "400 Bad Request"),
            ("GET /a#b", "400 Bad Request"),
            ("GET /é", "400 Bad Request"), ("GET http://other/", "403 Forbidden"), ("GET /a%0d%0aX:%20y", "200 OK"),
        ])
    func targets(line: String, expected: String) async throws {
        try await ProxyFixture.with(script: Self.hello) { fixture in
            let answer = try await fixture.talk(["\(line) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 \(expected)\r\n"))
            // An encoded end of line stays encoded.
            #expect(!fixture.origin.requests.contains { $0.contains("\r\nX: y") })
            #expect(fixture.origin.connections == (expected == "200 OK" ? 1 : 0))
        }
    }

    @Test(
        "checks come in the order clients know",
        arguments: [
            // Length, method, path, audit: the first that fails answers.
            ("TRACE //", "Content-Length: 200000\r\n", "413"), ("TRACE //", "", "405"), ("GET //", "", "403"), ("GET /", "", "421"),
            ("PUT /vmAgentLog", "Content-Length: 200000\r\n", "421"),
        ])
    func order(line: String, headers: String, code: String) async throws {
        try await ProxyFixture.with(audited: false, script: Self.hello) { fixture in
            let answer = try await fixture.talk(["\(line) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 \(code) "))
            #expect(answer.contains("Connection: close\r\n"))
            let body = answer.components(separatedBy: "\r\n\r\n").dropFirst().joined()
            #expect(body == ["413": "length limit exceeded", "405": "Method Not Allowed"][code] ?? "")
        }
    }

    @Test(
        "a large call that the caller may not make is refused before its body",
        arguments: [("PUT /vmAgentLog", "403"), ("POST /machine/?comp=telemetrydata", "403")])
    func largeCalls(line: String, code: String) async throws {
        try await ProxyFixture.with(userID: 1000, service: .wireServer, script: Self.hello) { fixture in
            let answer = try await fixture.talk(["\(line) HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 \(code) "))
            #expect(fixture.origin.connections == 0)
        }
    }

    @Test(
        "answers that mean two things, or none, get 502, and never half of something else",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "HTTP/3.7 200 OK\r\n\r\n", "200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
        ])
    func garbage(answer: String) async throws {
        try await ProxyFixture.with(script: { _ in .init(bytes: answer, closes: true) }) { fixture in
            let got = try await fixture.talk([Self.get()])
            #expect(got.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"), "\(got.prefix(80))")
        }
    }

    @Test("a second answer that nobody asked for is never taken for the next request's")
    func unsolicited() async throws {
        let twice = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
        try await ProxyFixture.with(script: Self.answering(twice + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")) { fixture in
            let got = try await fixture.talk([Self.get("/1"), Self.get("/2")]) { $0.hasSuffix("hello") }
            #expect(!got.contains("poison"))
        }
    }

    @Test("an answer that comes before the request is whole ends the connection after it")
    func early() async throws {
        let script: ProxyFixture.Script = { $0.contains("half") ? .init(bytes: "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno") : nil }
        try await ProxyFixture.with(script: script) { fixture in
            let got = try await fixture.talk(["POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"])
            #expect(got.hasPrefix("HTTP/1.1 409 Conflict\r\n"))
            #expect(got.hasSuffix("no"))
        }
    }

    @Test("a body that grows too large after the answer began leaves no second answer")
    func growing() async throws {
        let script: ProxyFixture.Script = { $0.contains("start") ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nbegun") : nil }
        try await ProxyFixture.with(script: script) { fixture in
            let chunk = String(repeating: "x", count: 60_000)
            let parts = ["POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nstart\r\n", "EA60\r\n\(chunk)\r\nEA60\r\n\(chunk)\r\n0\r\n\r\n"]
            let got = (try? await fixture.talk(parts) { $0.hasSuffix("begun") }) ?? ""
            #expect(!got.contains("413"))
        }
    }

    @Test("an upgrade is not taken up, and nothing is read as if it were")
    func upgrade() async throws {
        try await ProxyFixture.with(script: Self.hello) { fixture in
            let request = Self.get("/", "Connection: upgrade\r\nUpgrade: websocket\r\n")
            let got = try await fixture.talk([request + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"])
            #expect(got.components(of: "HTTP/1.1 200") == 1)
            #expect(!fixture.origin.requests.contains { $0.contains("smuggled") })
        }
    }

    @Test(
        "what a client writes between the lines never reaches the destination",
        arguments: [
            // Extensions of chunks, chunks of odd spelling, a second request behind the last chunk or in a body, lines that end too early.
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;x=\"\u{1}smuggled\"\r\nab\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;smuggled\r\nab\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;smuggled\nab\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nGET /smuggled HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\nHost: h\n\nGET /smuggled HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\rHost: h\r\rsmuggled",
            "GET /\u{0}smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX: \u{7f}smuggled\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n: smuggled\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX\u{0}: smuggled\r\n\r\n",
            "GET / HTTP/1.1 smuggled\r\nHost: h\r\n\r\n", "\u{0}GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
        ])
    func smuggling(request: String) async throws {
        var limits = ProxyLimits()
        (limits.headTime, limits.stallTime) = (.milliseconds(300), .milliseconds(300))
        for key in [nil, RequestSignerTests.key] {
            try await ProxyFixture.with(limits: limits, key: key, script: Self.hello) { fixture in
                _ = try await fixture.talk([request])
                #expect(!fixture.origin.requests.contains { $0.contains("smuggled") })
                #expect(fixture.origin.requests.count <= 1)
            }
        }
    }

    @Test(
        "a client cannot have the agent's headers taken away by the next reader", arguments: ["close, X-MS-Azure-Host-Claims", "x-ms-azure-host-authorization"])
    func hopByHop(value: String) async throws {
        try await ProxyFixture.with(key: RequestSignerTests.key, script: Self.hello) { fixture in
            let answer = try await fixture.talk([Self.get("/", "Connection: \(value)\r\n")])
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(fixture.origin.connections == 0)
        }
    }

    @Test("random requests: one request to the destination for each answered, and nothing else", arguments: fuzzSeeds(3))
    func random(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed + 100)
        let script: ProxyFixture.Script = { received in
            guard let end = received.range(of: "\r\n\r\n") else { return nil }
            let isChunked = received[..<end.lowerBound].lowercased().contains("transfer-encoding")
            let length =
                received[..<end.lowerBound].components(separatedBy: "Content-Length: ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            let isWhole =
                isChunked
                ? received.hasSuffix("0\r\n\r\n") && received.utf8.count > received[..<end.upperBound].utf8.count
                : received[end.upperBound...].utf8.count >= length
            return isWhole ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") : nil
        }
        for key in [nil, RequestSignerTests.key] {
            try await ProxyFixture.with(key: key, script: script) { fixture in
                var expected = 0
                for _ in 0..<40 {
                    let body = String(repeating: "GET / HTTP/1.1\r\n\r\n", count: Int.random(in: 0...200, using: &generator))
                    let framed: String
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: framed = "GET /\(expected) HTTP/1.1\r\nHost: h\r\n\r\n"
                    case 1: framed = "POST /\(expected) HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    default:
                        let chunk = body.isEmpty ? "" : "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
                        framed = "PUT /\(expected) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)0\r\n\r\n"
                    }
                    // Cut anywhere: pieces must not matter.
                    let cut = framed.utf8.index(framed.utf8.startIndex, offsetBy: Int.random(in: 0...framed.utf8.count, using: &generator))
                    let got = try await fixture.talk([String(framed[..<cut]), String(framed[cut...])], pieces: 2) { $0.hasSuffix("\r\n\r\nok") }
                    #expect(got.components(of: "HTTP/1.1 200 OK") == 1)
                    expected += 1
                }
                #expect(fixture.origin.requests.count == expected)
            }
        }
    }
}
