import NIOCore
import Testing

@testable import AgentCore

@Suite("Forwarded headers")
struct ForwardingHeadersTests {
    let caller = CallerClaims(processID: 1, userID: 0, userName: "root", isRoot: true, executable: nil, commandLine: "x")

    private func forwarded(_ head: String) -> String {
        var (request, scratch) = (OutgoingRequest(head), SigningScratch())
        request.end(claims: caller.headerValue, date: WallClock(seconds: 0).httpDate, signing: nil, body: ByteBuffer(), &scratch)
        return request.text
    }

    @Test("claims and date are added, and blanks around values are not passed on")
    func added() {
        #expect(
            forwarded("GET /a?b HTTP/1.0\r\nHost:\t h \r\nEmpty:\r\n\r\n")
                == "GET /a?b HTTP/1.0\r\nHost: h\r\nEmpty: \r\nx-ms-azure-host-claims: { \"isRoot\": \"true\"}\r\n"
                + "x-ms-azure-host-date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n")
    }

    @Test("what only the agent may say replaces the client's, however often and in whatever case")
    func replaced() {
        let names = [
            "X-MS-Azure-Host-Claims", "x-ms-azure-host-claims", "X-Ms-Azure-Host-Date", "x-ms-azure-host-authorization", "X-MS-AZURE-HOST-AUTHORIZATION",
            "x_ms_azure_host_claims", "X-MS-Azure-Host-Other",
        ]
        let text = forwarded("GET / HTTP/1.1\r\n\(names.map { "\($0): forged\r\n" }.joined())x-ms-azure-host: kept\r\nMetadata: true\r\n\r\n")
        #expect(!text.contains("forged"))
        #expect(!text.contains("authorization"))
        #expect(text.components(of: "x-ms-azure-host-claims: ") == 1)
        #expect(text.contains("\r\nx-ms-azure-host: kept\r\nMetadata: true\r\n"))
    }

    @Test("answers carry the sign of the proxy once")
    func answers() throws {
        let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        var reader = HeadReader(.request, HeadLimits(fields: 100, bytes: 1 << 16))
        _ = reader.read(Array(request.utf8), cuts: [])
        guard case .request(let line) = reader.start else { throw Unread() }
        var exchange = ProxyExchange(line, reader.facts, isExempt: false, isHeld: false)
        let text = "HTTP/1.0 200 Fine\r\nX-MS-Azure-Host-Authorization: other\r\nA: b\r\nContent-Length: 0\r\n\r\n"
        var answer = HeadReader(.answer, HeadLimits(fields: 100, bytes: 1 << 16))
        _ = answer.read(Array(text.utf8), cuts: [])
        guard case .status(let status) = answer.start else { throw Unread() }
        let forwarded = try #require(ForwardedAnswer(status, answer.facts, to: &exchange))
        var output = ByteBuffer()
        Array(text.utf8).withUnsafeBytes { forwarded.write(answer.fields, of: $0, keepsConnection: exchange.keepAlive, to: &output) }
        #expect(
            String(buffer: output)
                == "HTTP/1.1 200 Fine\r\nA: b\r\nContent-Length: 0\r\nx-ms-azure-host-authorization: value\r\nconnection: close\r\n\r\n")
    }

    private struct Unread: Error {}

    @Test("a caller that is not root is said not to be")
    func notRoot() {
        let other = CallerClaims(AuditEntry(destination: .wireServer, processID: .max, userID: 4_000_000_000, isRoot: false), users: UserDatabase())
        #expect(other.headerValue == #"{ "isRoot": "false"}"#)
        #expect(other.userName == "undefined")
        #expect(other.executable == nil)
    }
}
