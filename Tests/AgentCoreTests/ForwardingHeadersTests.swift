@testable import AgentCore
import NIOHTTP1
import Testing

@Suite("Forwarded headers")
struct ForwardingHeadersTests {
    let caller = CallerClaims(processID: 1, userID: 0, userName: "root", isRoot: true, executable: nil, commandLine: "x")
    let time = WallClock(seconds: 0)

    @Test("claims and date are added")
    func added() {
        let headers = ForwardingHeaders.request(["Host": "h"], claims: caller, date: time.httpDate)
        #expect(headers["x-ms-azure-host-claims"] == [#"{ "isRoot": "true"}"#])
        #expect(headers["x-ms-azure-host-date"] == ["Thu, 01 Jan 1970 00:00:00 GMT"])
        #expect(headers["host"] == ["h"])
    }

    @Test("what only the agent may say replaces the client's, however often and in whatever case")
    func replaced() {
        let forged: HTTPHeaders = [
            "X-MS-Azure-Host-Claims": "forged", "x-ms-azure-host-claims": "forged", "X-Ms-Azure-Host-Date": "forged",
            "x-ms-azure-host-authorization": "forged", "X-MS-AZURE-HOST-AUTHORIZATION": "forged", "x_ms_azure_host_claims": "forged",
            "X-MS-Azure-Host-Other": "forged", "x-ms-azure-host": "kept", "Metadata": "true",
        ]
        let headers = ForwardingHeaders.request(forged, claims: caller, date: time.httpDate)
        #expect(!headers.contains { $0.value == "forged" })
        #expect(!headers.contains(name: "x-ms-azure-host-authorization"))
        #expect(headers["metadata"] == ["true"])
        #expect(headers["x-ms-azure-host"] == ["kept"])
    }

    @Test("answers carry the sign of the proxy once")
    func answers() {
        let headers = ForwardingHeaders.response(["X-MS-Azure-Host-Authorization": "other", "A": "b"])
        #expect(headers["x-ms-azure-host-authorization"] == ["value"])
        #expect(headers["a"] == ["b"])
    }

    @Test("a caller that is not root is said not to be")
    func notRoot() {
        let other = CallerClaims(AuditEntry(destination: .wireServer, processID: .max, userID: 4_000_000_000, isRoot: false), users: UserDatabase())
        #expect(other.headerValue == #"{ "isRoot": "false"}"#)
        #expect(other.userName == "undefined")
        #expect(other.executable == nil)
    }
}
