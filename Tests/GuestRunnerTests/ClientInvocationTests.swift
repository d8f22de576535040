import GuestProtocol
import Testing

@testable import GuestRunner

@Suite("ClientInvocation")
struct ClientInvocationTests {
    private static func spec(name: String = "imds-root-http", kind: ClientSpec.Kind = .http, address: [UInt8] = [169, 254, 169, 254], path: String = "/metadata?a=b&c=%20") -> ClientSpec {
        ClientSpec(name: name, kind: kind, user: 65534, address: address, port: 80, path: path)
    }

    @Test("survives the way through arguments", arguments: ClientSpec.Kind.allCases)
    func roundTrip(kind: ClientSpec.Kind) throws {
        let invocation = try #require(ClientInvocation(Self.spec(kind: kind), deadline: 5_000))
        #expect(ClientInvocation(arguments: invocation.arguments) == invocation)
    }

    @Test("asks for one page, says who asks and closes")
    func request() throws {
        let invocation = try #require(ClientInvocation(Self.spec(), deadline: 1))
        #expect(
            invocation.request == """
                GET /metadata?a=b&c=%20 HTTP/1.1\r
                Host: 169.254.169.254\r
                x-kmatrix-client: imds-root-http\r
                Metadata: true\r
                Connection: close\r
                \r

                """)
    }

    @Test(
        "refuses what would say something else in arguments or in HTTP",
        arguments: [
            spec(name: ""), spec(name: "a b"), spec(name: "a\r\nX: y"), spec(name: "a\0b"), spec(name: "ä"), spec(path: ""), spec(path: "x"),
            spec(path: "/ HTTP/1.1\r\n"), spec(path: "/a b"), spec(address: []), spec(address: [1, 2, 3]), spec(address: [1, 2, 3, 4, 5]),
        ])
    func refused(spec: ClientSpec) { #expect(ClientInvocation(spec, deadline: 1) == nil) }

    @Test(
        "refuses other arguments",
        arguments: [
            [], ["client"], ["serve", "n", "1", "0", "1.2.3.4", "80", "/", "1"], ["client", "n", "3", "0", "1.2.3.4", "80", "/", "1"],
            ["client", "n", "1", "-1", "1.2.3.4", "80", "/", "1"], ["client", "n", "1", "0", "1.2.3", "80", "/", "1"],
            ["client", "n", "1", "0", "1.2.3.256", "80", "/", "1"], ["client", "n", "1", "0", "1.2..3.4", "80", "/", "1"],
            ["client", "n", "1", "0", "1.2.3.4", "65536", "/", "1"], ["client", "n", "1", "0", "1.2.3.4", "80", "/", "x"],
            ["client", "n", "1", "0", "1.2.3.4", "80", "/", "1", "more"],
        ])
    func otherArguments(arguments: [String]) { #expect(ClientInvocation(arguments: arguments) == nil) }
}

@Suite("ClientBatch")
struct ClientBatchTests {
    private static func invocation(_ name: String, user: UInt32) throws -> ClientInvocation {
        try #require(ClientInvocation(ClientSpec(name: name, kind: .http, user: user, address: [1, 2, 3, 4], port: 80, path: "/"), deadline: 5))
    }

    @Test("survives the way through arguments, in order")
    func roundTrip() throws {
        let batch = try #require(ClientBatch([Self.invocation("a", user: 7), Self.invocation("b", user: 7)]))
        #expect(batch.arguments.count == 15)
        #expect(ClientBatch(arguments: batch.arguments) == batch)
    }

    @Test("is of one user, and of somebody")
    func oneUser() throws {
        #expect(ClientBatch([try Self.invocation("a", user: 0), try Self.invocation("b", user: 7)]) == nil)
        #expect(ClientBatch([]) == nil)
        #expect(ClientBatch(arguments: ["client"]) == nil)
    }

    @Test("refuses arguments that are cut off or carry one that is refused")
    func malformed() throws {
        let batch = try #require(ClientBatch([Self.invocation("a", user: 7), Self.invocation("b", user: 7)]))
        #expect(ClientBatch(arguments: batch.arguments.dropLast()) == nil)
        #expect(ClientBatch(arguments: batch.arguments.dropLast() + ["x"]) == nil)
    }
}

@Suite("HTTPAnswer")
struct HTTPAnswerTests {
    @Test("reads status, the agent's header in any case, and the length")
    func reads() throws {
        let text = "HTTP/1.1 403 Forbidden\r\nX-MS-Azure-Host-Authorization: v\r\ncontent-length:  5 \r\n\r\nhello"
        let answer = try #require(try HTTPAnswer(Array(text.utf8)))
        #expect(answer.status == 403)
        #expect(answer.hasProxyHeader)
        #expect(answer.contentLength == 5)
        #expect(answer.isComplete(Array(text.utf8)))
        #expect(!answer.isComplete(Array(text.utf8.dropLast())))
    }

    @Test("does not take the agent's header from the body or from another header's value")
    func notFromBody() throws {
        let text = "HTTP/1.1 200 OK\r\nX-Other: x-ms-azure-host-authorization: 1\r\n\r\nx-ms-azure-host-authorization: 1\r\n"
        let answer = try #require(try HTTPAnswer(Array(text.utf8)))
        #expect(!answer.hasProxyHeader)
        #expect(answer.contentLength == nil)
    }

    @Test("waits while the head is incomplete", arguments: ["", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n"])
    func incomplete(text: String) throws { #expect(try HTTPAnswer(Array(text.utf8)) == nil) }

    @Test("refuses what is no HTTP", arguments: ["\r\n\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n"])
    func malformed(text: String) { #expect(throws: HTTPAnswer.Malformed.self) { try HTTPAnswer(Array(text.utf8)) } }

    @Test("ignores a length that is none")
    func badLength() throws {
        for value in ["-1", "x", "", "99999999999999999999"] {
            let answer = try #require(try HTTPAnswer(Array("HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\n".utf8)))
            #expect(answer.contentLength == nil)
        }
    }
}
