import Foundation
import MatrixModel
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("The platform's endpoints")
struct EndpointTests {
    static let instance = "/metadata/instance?api-version=2021-02-01"

    /// The answer of a fabric to one request.
    private func answer(
        _ endpoint: FabricRequest.Endpoint, _ line: String, _ headers: [String] = [], body: String = ""
    ) async throws -> HTTPAnswer {
        let run = try FabricRun()
        let (answer, requests) = try await Fabric.serve(in: run.place, journal: run.journal, scenario: run.scenario) {
            try run.ask(endpoint, line, headers, body: body)
        }
        let found = try #require(answer)
        #expect(requests?.map(\.status) == [found.status])
        #expect(found.headers["server"] == "kmatrix-fabric")
        return found
    }

    @Suite("IMDS")
    struct IMDS {
        let outer = EndpointTests()

        @Test("describes the instance to who sends the Metadata header")
        func instance() async throws {
            let answer = try await outer.answer(.imds, "GET \(EndpointTests.instance)", ["Metadata: true"])
            #expect(answer.status == 200)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
            let compute = try #require(document["compute"] as? [String: Any])
            #expect(compute["osType"] as? String == "Linux")
        }

        @Test("takes the Metadata header in any case", arguments: ["metadata: TRUE", "METADATA:  True  "])
        func headerCase(header: String) async throws {
            try await #expect(outer.answer(.imds, "GET \(EndpointTests.instance)", [header]).status == 200)
        }

        @Test("refuses who does not send it, or another value", arguments: [[], ["Metadata: false"], ["Metadata: "]])
        func noHeader(headers: [String]) async throws {
            let answer = try await outer.answer(.imds, "GET \(EndpointTests.instance)", headers)
            #expect(answer.status == 400)
            #expect(answer.body.contains("metadata header"))
        }

        @Test("refuses what a proxy forwarded")
        func forwarded() async throws {
            let answer = try await outer.answer(.imds, "GET \(EndpointTests.instance)", ["Metadata: true", "X-Forwarded-For: 10.0.0.1"])
            #expect(answer.status == 400)
        }

        @Test("wants an API version, and names some")
        func noVersion() async throws {
            let answer = try await outer.answer(.imds, "GET /metadata/instance", ["Metadata: true"])
            #expect(answer.status == 400)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
            #expect((document["newest-versions"] as? [String])?.isEmpty == false)
        }

        @Test("knows no other path, and no other method")
        func others() async throws {
            try await #expect(outer.answer(.imds, "GET /metadata/nothing?api-version=2021-02-01", ["Metadata: true"]).status == 404)
            try await #expect(outer.answer(.imds, "POST \(EndpointTests.instance)", ["Metadata: true"], body: "x").status == 405)
        }

        @Test("knows its API versions, and says which to one that needs none")
        func apiVersions() async throws {
            try await #expect(outer.answer(.imds, "GET /metadata/instance?api-version=1999-01-01", ["Metadata: true"]).status == 400)
            let answer = try await outer.answer(.imds, "GET /metadata/versions", ["Metadata: true"])
            #expect(answer.body.contains("\"2021-02-01\""))
        }

        @Test("serves parts, single values as text alone")
        func parts() async throws {
            let query = "?api-version=2021-02-01"
            let compute = try await outer.answer(.imds, "GET /metadata/instance/compute\(query)", ["Metadata: true"])
            #expect(try JSONSerialization.jsonObject(with: Data(compute.body.utf8)) is [String: Any])
            let value = try await outer.answer(.imds, "GET /metadata/instance/compute/location\(query)&format=text", ["Metadata: true"])
            #expect(value.body == "westeurope")
            try await #expect(outer.answer(.imds, "GET /metadata/instance/compute/location\(query)", ["Metadata: true"]).status == 400)
            try await #expect(outer.answer(.imds, "GET /metadata/instance/compute/nothing\(query)", ["Metadata: true"]).status == 404)
        }

        @Test("gives tokens for a resource")
        func token() async throws {
            let path = "/metadata/identity/oauth2/token?api-version=2018-02-01"
            try await #expect(outer.answer(.imds, "GET \(path)", ["Metadata: true"]).status == 400)
            let answer = try await outer.answer(.imds, "GET \(path)&resource=https://management.azure.com/", ["Metadata: true"])
            #expect(answer.status == 200)
            #expect(answer.body.contains("\"token_type\":\"Bearer\""))
        }

        @Test("answers HEAD without a body")
        func head() async throws {
            let answer = try await outer.answer(.imds, "HEAD \(EndpointTests.instance)", ["Metadata: true"])
            #expect(answer.status == 200)
            #expect(answer.body == "")
        }
    }

    @Suite("WireServer")
    struct WireServer {
        let outer = EndpointTests()

        @Test("lists its versions")
        func versions() async throws {
            let answer = try await outer.answer(.wireServer, "GET /?comp=versions")
            #expect(answer.status == 200)
            #expect(answer.body.contains("<Version>2012-11-30</Version>"))
            #expect(answer.headers["content-type"]?.hasPrefix("text/xml") == true)
        }

        @Test("tells the goal state", arguments: ["/machine?comp=goalstate", "/machine/?comp=goalstate", "/Machine?COMP=GoalState"])
        func goalState(target: String) async throws {
            let answer = try await outer.answer(.wireServer, "GET \(target)", ["x-ms-version: 2012-11-30"])
            #expect(answer.status == 200)
            #expect(answer.body.contains("<Incarnation>1</Incarnation>"))
        }

        @Test("wants to be told the version that is spoken, and serves what the goal state points at")
        func configurations() async throws {
            try await #expect(outer.answer(.wireServer, "GET /machine?comp=goalstate").status == 400)
            let state = try await outer.answer(.wireServer, "GET /machine?comp=goalstate", ["x-ms-version: 2012-11-30"])
            let links = state.body.split(separator: ">").compactMap { part -> String? in
                guard part.hasPrefix("http://168.63.129.16:80/") else { return nil }
                return String(part.prefix { $0 != "<" }.dropFirst("http://168.63.129.16:80".count)).replacing("&amp;", with: "&")
            }
            #expect(links.count == 4)
            for link in links { try await #expect(outer.answer(.wireServer, "GET \(link)", ["x-ms-version: 2012-11-30"]).status == 200) }
        }

        @Test("takes a health report")
        func health() async throws {
            try await #expect(outer.answer(.wireServer, "POST /machine?comp=health", body: "<Health/>").status == 200)
        }

        @Test("knows nothing else", arguments: ["GET /", "GET /machine", "POST /?comp=versions", "GET /?comp", "GET /?="])
        func others(line: String) async throws {
            try await #expect(outer.answer(.wireServer, line).status == 404)
        }
    }

    @Test("HostGAPlugin lists its versions and is healthy")
    func hostGAPlugin() async throws {
        let versions = try await answer(.hostGAPlugin, "GET /versions")
        #expect(versions.status == 200)
        try #expect(JSONDecoder().decode([String].self, from: Data(versions.body.utf8)) == ["2015-09-01"])
        try await #expect(answer(.hostGAPlugin, "GET /health").status == 200)
        try await #expect(answer(.hostGAPlugin, "GET /extensionArtifact").status == 400)
        try await #expect(answer(.hostGAPlugin, "GET /vmSettings").status == 200)
        try await #expect(answer(.hostGAPlugin, "PUT /vmAgentLog", body: "zip").status == 200)
        try await #expect(answer(.hostGAPlugin, "GET /nothing").status == 404)
    }

    @Test("dates are as HTTP writes them")
    func dates() async throws {
        #expect(HTTPDate.format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.format(951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
        for seconds in [0, 784_111_777, 951_782_400, 1_745_409_600] { #expect(HTTPDate.seconds(HTTPDate.format(seconds)) == seconds) }
        let others = [
            "", "Sun, 06 Nov 1994 08:49:37 UTC", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:037 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT", "Sat, 31 Feb 2004 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun 6 Nov 99999999999 0:49:0 GMT",
            "Sun, 06 Nov 1994 08:49:-7 GMT",
        ]
        for text in others { #expect(HTTPDate.seconds(text) == nil, "\(text)") }
        let answer = try await answer(.wireServer, "GET /?comp=versions")
        #expect(answer.headers["x-ms-azure-host-date"]?.hasSuffix(" GMT") == true)
    }
}
