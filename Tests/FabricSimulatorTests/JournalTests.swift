import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("The platform's journal")
struct JournalTests {
    @Test("has a line per request, equal to what is returned")
    func lines() async throws {
        let run = try FabricRun()
        let requests = try await run.serve {
            _ = try run.ask(.imds, "GET /metadata/instance?api-version=2021-02-01", ["Metadata: true", "x-kmatrix-client: imds-root-http"])
            _ = try run.ask(.wireServer, "GET /?comp=versions", ["x-kmatrix-client: \"quoted\\\u{1F600}\""])
            _ = try run.ask(.hostGAPlugin, "GET /nothing")
        }
        let found = try #require(requests)
        try #expect(run.written == found)
        #expect(found.map(\.sequence) == [0, 1, 2])
        #expect(found.map(\.endpoint) == [.imds, .wireServer, .hostGAPlugin])
        #expect(found.map(\.status) == [200, 200, 404])
        #expect(found.map(\.client) == ["imds-root-http", "\"quoted\\\u{1F600}\"", nil])
        #expect(found.map(\.target) == ["/metadata/instance?api-version=2021-02-01", "/?comp=versions", "/nothing"])
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
    }

    @Test("is empty, not missing, when nothing was asked")
    func empty() async throws {
        let run = try FabricRun()
        try await #expect(run.serve {} == [])
        try #expect(run.written == [])
    }

    @Test("tells what came through the agent from what came round it")
    func throughAgent() async throws {
        let run = try FabricRun()
        let requests = try await run.serve {
            _ = try run.ask(.imds, "GET /a", [#"x-ms-azure-host-claims: { "isRoot": "true"}"#])
            _ = try run.ask(.imds, "GET /b")
        }
        #expect(requests?.map(\.cameThroughAgent) == [true, false])
        #expect(requests?.first?.claims == #"{ "isRoot": "true"}"#)
    }

    @Test(
        "never holds a signature",
        arguments: [
            ("Azure-HMAC-SHA256 key-id 5EC2E7", "Azure-HMAC-SHA256 key-id"), ("Azure-HMAC-SHA256 5EC2E7", "Azure-HMAC-SHA256"),
            ("5EC2E7", ""), ("Azure-HMAC-SHA256 key-id  5EC2E7 more", "Azure-HMAC-SHA256 key-id"),
        ])
    func signature(header: String, kept: String) async throws {
        let run = try FabricRun()
        let requests = try await run.serve { _ = try run.ask(.wireServer, "GET /?comp=versions", ["x-ms-azure-host-authorization: \(header)"]) }
        #expect(requests?.map(\.signedWith) == [kept])
        try #expect(!String(contentsOf: URL(filePath: run.journal.string), encoding: .utf8).contains("5EC2E7"))
    }

    @Test("bounds what a guest makes it hold")
    func bounds() async throws {
        let run = try FabricRun()
        let long = String(repeating: "x", count: 20_000)
        let requests = try await run.serve {
            _ = try run.ask(.imds, "GET /\(long)", ["x-kmatrix-client: \(long)", "x-ms-azure-host-claims: \(long)"])
        }
        let request = try #require(requests?.first)
        #expect(request.target.utf8.count == FabricLimits.text)
        #expect(request.client?.utf8.count == FabricLimits.text)
        #expect(request.claims?.utf8.count == FabricLimits.text)
    }

    @Test("that cannot be opened is an error before anything is served")
    func unwritable() async throws {
        var run = try FabricRun()
        run.journal = run.folder.path.appending("missing/fabric.jsonl")
        let error = await #expect(throws: FabricError.self) { _ = try await run.serve { Issue.record("was served") } }
        #expect(error?.code == .journal)
        #expect(error?.description.contains("missing/fabric.jsonl") == true)
    }

    @Test("that the disk does not take is no journal: nil, while the answers went out all the same")
    func full() async throws {
        var run = try FabricRun()
        run.journal = "/dev/full"
        let requests = try await run.serve { [run] in
            try #expect(run.ask(.wireServer, "GET /?comp=versions")?.status == 200)
        }
        #expect(requests == nil)
    }
}
