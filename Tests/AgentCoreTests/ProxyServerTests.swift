import AgentCore
import NIOCore
import Testing

@Suite("The proxy", .timeLimit(.minutes(1)))
struct ProxyServerTests {
    /// Answers each request without a body by `hello`.
    static let hello: ProxyFixture.Script = { received in
        received.hasSuffix("\r\n\r\n") ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") : nil
    }
    static func get(_ path: String, _ headers: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n" }

    @Suite("Forwarding")
    struct Forwarding {
        @Test("a request reaches its destination with the caller's claims, and the answer comes back marked")
        func forwards() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                let answer = try await fixture.talk([get("/metadata?a=%2F", "Metadata: true\r\n")]) { $0.hasSuffix("hello") }
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.contains("x-ms-azure-host-authorization: value\r\n"))
                let request = try #require(fixture.origin.requests.first)
                #expect(request.hasPrefix("GET /metadata?a=%2F HTTP/1.1\r\nHost: h\r\nMetadata: true\r\n"))
                #expect(request.contains("x-ms-azure-host-claims: { \"isRoot\": \"true\"}\r\n"))
                #expect(request.contains("x-ms-azure-host-date: "))
            }
        }

        @Test("a client cannot forge what the agent says")
        func forgery() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                let forged = "X-MS-Azure-Host-Claims: forged\r\nx-ms-azure-host-authorization: forged\r\nx-ms-azure-host-date: forged\r\n"
                _ = try await fixture.talk([get("/", forged)]) { $0.hasSuffix("hello") }
                #expect(try #require(fixture.origin.requests.first).contains("forged") == false)
            }
        }

        @Test("requests of one connection share one to the destination")
        func keepAlive() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                let answers = try await fixture.talk([get("/1"), get("/2"), get("/3")]) { $0.hasSuffix("hello") }
                #expect(answers.components(of: "200 OK") == 3)
                #expect(fixture.origin.connections == 1)
                #expect(fixture.origin.requests.map { $0.prefix(6) } == ["GET /1", "GET /2", "GET /3"])
            }
        }

        @Test("pipelined requests are answered in order")
        func pipelined() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                let answers = try await fixture.talk([get("/1") + get("/2")]) { $0.components(of: "hello") == 2 }
                #expect(answers.components(of: "200 OK") == 2)
                #expect(fixture.origin.requests.map { $0.prefix(6) } == ["GET /1", "GET /2"])
            }
        }

        @Test("a destination that closed a kept connection is connected anew")
        func reconnects() async throws {
            let closing: ProxyFixture.Script = { received in
                received.hasSuffix("\r\n\r\n") ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true) : nil
            }
            try await ProxyFixture.with(script: closing) { fixture in
                let answers = try await fixture.talk([get("/1"), get("/2")]) { $0.hasSuffix("hello") }
                #expect(answers.components(of: "200 OK") == 2)
                #expect(fixture.origin.connections == 2)
            }
        }

        @Test("a client that asks for it is closed after the answer")
        func closes() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                let answer = try await fixture.talk([get("/", "Connection: close\r\n")])
                #expect(answer.hasSuffix("hello"))
            }
        }

        @Test("an answer to HEAD has no body, whatever its length says")
        func head() async throws {
            let script: ProxyFixture.Script = { received in
                received.hasPrefix("HEAD")
                    ? .init(bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") : hello(received)
            }
            try await ProxyFixture.with(script: script) { fixture in
                let answers = try await fixture.talk(["HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", get("/")]) { $0.contains("\r\n\r\n") }
                #expect(answers.components(of: "200 OK") == 2)
                #expect(answers.hasSuffix("hello"))
                #expect(!answers.contains("0\r\n\r\n"))
            }
        }
    }

    @Suite("Bodies")
    struct Bodies {
        @Test("a chunked request and a chunked answer pass with all their bytes")
        func chunked() async throws {
            let script: ProxyFixture.Script = { received in
                received.hasSuffix("0\r\n\r\n")
                    ? .init(bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") : nil
            }
            try await ProxyFixture.with(script: script) { fixture in
                let answer = try await fixture.talk([
                    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwxyz\r\n1\r\n!\r\n0\r\n\r\n"
                ]) { $0.hasSuffix("0\r\n\r\n") }
                #expect(answer.contains("abc"))
                #expect(answer.contains("de"))
                let request = try #require(fixture.origin.requests.first)
                #expect(request.contains("wxyz"))
                #expect(request.contains("!"))
            }
        }

        @Test("bodies larger than any buffer stream through, both ways")
        func large() async throws {
            let body = String(repeating: "0123456789abcdef", count: 1 << 16)
            let script: ProxyFixture.Script = { received in
                received.hasSuffix(body) ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)") : nil
            }
            // Of what is not signed only the call for logs may be as large.
            try await ProxyFixture.with(script: script) { fixture in
                let request = "PUT /vmAgentLog HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                let answer = try await fixture.talk([request])
                #expect(answer.hasSuffix(body))
            }
        }

        @Test("an answer that ends with its connection gets a certain end")
        func untilClose() async throws {
            let script: ProxyFixture.Script = { _ in .init(bytes: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it", closes: true) }
            try await ProxyFixture.with(script: script) { fixture in
                let answer = try await fixture.talk([get("/")])
                #expect(answer.contains("all of it"))
                #expect(answer.hasSuffix("0\r\n\r\n"))
            }
        }

        @Test("an answer broken off is not completed")
        func brokenOff() async throws {
            let script: ProxyFixture.Script = { _ in .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", closes: true) }
            try await ProxyFixture.with(script: script) { fixture in
                let answer = try? await fixture.talk([get("/")])
                #expect(answer?.hasSuffix("half") ?? true)
            }
        }
    }

    @Suite("Refusing")
    struct Refusing {
        func expectRefusal(_ answer: String, _ status: String) {
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
        }

        @Test("a connection without an audit entry gets 421")
        func misdirected() async throws {
            try await ProxyFixture.with(audited: false, script: hello) { fixture in
                expectRefusal(try await fixture.talk([get("/")]), "421 Misdirected Request")
                #expect(fixture.origin.connections == 0)
            }
        }

        @Test("a destination nobody listens on gets 502")
        func badGateway() async throws {
            try await ProxyFixture.with(script: nil) { fixture in
                expectRefusal(try await fixture.talk([get("/")]), "502 Bad Gateway")
            }
        }

        @Test("a destination that closes without an answer, or answers nonsense, gets 502", arguments: ["", "nonsense\r\n\r\n"])
        func noAnswer(bytes: String) async throws {
            try await ProxyFixture.with(script: { _ in .init(bytes: bytes, closes: true) }) { fixture in
                expectRefusal(try await fixture.talk([get("/")]), "502 Bad Gateway")
            }
        }

        @Test("methods that proxies have and this one has not get 405")
        func methods() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                expectRefusal(try await fixture.talk(["CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"]), "405 Method Not Allowed")
                expectRefusal(try await fixture.talk(["TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"]), "405 Method Not Allowed")
            }
        }

        @Test("a header too long, and too many of them, get 431")
        func oversized() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                let long = "X: " + String(repeating: "x", count: 70_000) + "\r\n"
                expectRefusal(try await fixture.talk([get("/", long)]), "431 Request Header Fields Too Large")
                let many = (0..<200).map { "X\($0): y\r\n" }.joined()
                expectRefusal(try await fixture.talk([get("/", many)]), "431 Request Header Fields Too Large")
                #expect(fixture.origin.connections == 0)
            }
        }

        @Test("what is no HTTP gets 400", arguments: ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\nHost: h\r\n\r\n"])
        func nonsense(request: String) async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                expectRefusal(try await fixture.talk([request]), "400 Bad Request")
            }
        }
    }

    @Suite("Clients that leave")
    struct Leaving {
        @Test("one that connects and closes leaves the proxy as it was")
        func silent() async throws {
            try await ProxyFixture.with(script: hello) { fixture in
                _ = try await fixture.talk([""]) { _ in true }
                let answer = try await fixture.talk([get("/")]) { $0.hasSuffix("hello") }
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
        }

        @Test("one that leaves in the middle of a body takes its destination's connection along")
        func midway() async throws {
            let script: ProxyFixture.Script = { received in
                // Something to wait for: then the request is known to be under way.
                received.hasSuffix("half") ? .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nstarted") : nil
            }
            try await ProxyFixture.with(script: script) { fixture in
                let request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf"
                _ = try await fixture.talk([request]) { $0.hasSuffix("started") }
                var endings = fixture.origin.endings.makeAsyncIterator()
                await endings.next()
                #expect(fixture.origin.connections == 1)
            }
        }

        @Test("one that never finishes its head is closed")
        func slow() async throws {
            var limits = ProxyLimits()
            limits.headTime = .milliseconds(20)
            try await ProxyFixture.with(limits: limits, script: hello) { fixture in
                // Closed with bytes unread, so the client sees either an end or a reset.
                let answer = try? await fixture.talk(["GET / HTTP/1.1\r\nHost: "])
                #expect(answer ?? "" == "")
                #expect(fixture.origin.connections == 0)
            }
        }

        @Test("more connections than the limit are closed at once")
        func tooMany() async throws {
            var limits = ProxyLimits()
            limits.connections = 0
            try await ProxyFixture.with(limits: limits, script: hello) { fixture in
                let answer = try? await fixture.talk([get("/")])
                #expect(answer ?? "" == "")
                #expect(fixture.origin.connections == 0)
            }
        }
    }
}

extension String {
    /// How often a text occurs.
    func components(of text: String) -> Int { ranges(of: text).count }
}
