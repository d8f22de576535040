import ArtefactCache
import Foundation
import HostTools
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("A transfer")
struct TransferTests {
    static let content = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

    struct Served {
        let server: LoopbackServer
        let folder: TemporaryFolder
        let sha256: String

        var target: FilePath { folder.path.appending("file") }
        var partial: FilePath { folder.path.appending("cache/partial").appending(sha256) }

        func fetch(address: String? = nil, change: (inout CatalogueSettings) -> Void = { _ in }) async throws {
            var settings = CatalogueSettings(
                cache: ArtefactCache(root: folder.path.appending("cache")), environment: [:], stallTimeout: 1, retries: 0, pause: .milliseconds(1))
            change(&settings)
            try await Transfer(settings: settings).fetch(
                address ?? server.address + "/served/big", to: target, size: TransferTests.content.count, checksum: #require(Checksum(sha256)))
        }

        func arrived() throws -> Bool { try Data(contentsOf: URL(filePath: target.string)) == Data(TransferTests.content) }
    }

    private func serving(_ body: (Served) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path.appending("served").string, withIntermediateDirectories: true)
        let file = folder.path.appending("served/big")
        try Data(Self.content).write(to: URL(filePath: file.string))
        try await LoopbackServer.serving(folder.path) { server in
            try await body(Served(server: server, folder: folder, sha256: FileChecksum.hexadecimal(of: file)))
        }
    }

    @Test("that was cut goes on where it ended, the next time")
    func resumption() async throws {
        try await serving { served in
            served.server.setFault(.cut(afterBytes: 70_000), forPathsEnding: "big")
            let error = await #expect(throws: CatalogueError.self) { try await served.fetch() }
            #expect(error?.code == .interrupted)
            #expect(error?.description.contains("is kept") == true)
            let kept = try Data(contentsOf: URL(filePath: served.partial.string)).count
            #expect((1...70_000).contains(kept))
            served.server.setFault(nil, forPathsEnding: "big")
            try await served.fetch()
            #expect(try served.arrived())
            #expect(served.server.resumptions == [kept])
            #expect(!FileManager.default.fileExists(atPath: served.partial.string))
        }
    }

    @Test("is tried again when it failed by bad luck, and not more often than that", arguments: [503, 429])
    func retries(status: Int) async throws {
        try await serving { served in
            served.server.setFault(.passing(status: status, times: 2), forPathsEnding: "big")
            try await served.fetch { $0.retries = 2 }
            #expect(try served.arrived())
            #expect(served.server.requests.count == 3)
            served.server.setFault(.passing(status: status, times: 2), forPathsEnding: "big")
            let error = await #expect(throws: CatalogueError.self) { try await served.fetch { $0.retries = 1 } }
            #expect(error?.code == .refused)
            #expect(served.server.requests.count == 5)
        }
    }

    @Test("is not tried again when it would fail again")
    func noRetries() async throws {
        try await serving { served in
            served.server.setFault(.status(403), forPathsEnding: "big")
            await #expect(throws: CatalogueError.self) { try await served.fetch { $0.retries = 3 } }
            #expect(served.server.requests.count == 1)
        }
    }

    @Test("begins anew when what was kept is of another file, or longer than the file")
    func wrongPart() async throws {
        try await serving { served in
            for part in [Data(repeating: 7, count: 1000), Data(repeating: 7, count: 300_000), Data(repeating: 7, count: Self.content.count)] {
                try FileManager.default.createDirectory(atPath: served.partial.removingLastComponent().string, withIntermediateDirectories: true)
                try part.write(to: URL(filePath: served.partial.string))
                try await served.fetch()
                #expect(try served.arrived())
            }
        }
    }

    @Test("goes through the proxy that the environment names")
    func proxy() async throws {
        try await serving { served in
            try await served.fetch(address: "http://archive.invalid/served/big") { $0.environment = ["http_proxy": served.server.address] }
            #expect(try served.arrived())
            await #expect(throws: CatalogueError.self) { try await served.fetch(address: "http://archive.invalid/served/big") }
        }
    }

    @Test("does not happen offline")
    func offline() async throws {
        try await serving { served in
            let error = await #expect(throws: CatalogueError.self) { try await served.fetch { $0.offline = true } }
            #expect(error?.code == .offline)
            #expect(served.server.requests == [])
        }
    }
}
