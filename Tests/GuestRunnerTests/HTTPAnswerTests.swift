import Testing

@testable import GuestRunner

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
