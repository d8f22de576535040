import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("The fabric")
struct FabricTests {
    struct Trouble: Error, Equatable {}

    private func names(in folder: FilePath) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted() }

    @Test("has three sockets while it serves and none afterwards")
    func sockets() async throws {
        let run = try FabricRun()
        try await run.serve {
            try #expect(names(in: run.place) == ["fabric.jsonl", "hostga.sock", "imds.sock", "wireserver.sock"])
        }
        try #expect(names(in: run.place) == ["fabric.jsonl"])
        #expect(throws: Errno.noSuchFileOrDirectory) { try run.connect(.imds) }
    }

    @Test("leaves no socket behind a body that throws, whose error it passes on")
    func throwing() async throws {
        let run = try FabricRun()
        await #expect(throws: Trouble.self) { _ = try await run.serve { throw Trouble() } }
        try #expect(names(in: run.place) == ["fabric.jsonl"])
    }

    @Test("serves in a folder whose path is longer than a socket's address")
    func long() async throws {
        var run = try FabricRun()
        run.place = try run.folder.makeLongPath()
        let requests = try await run.serve { [run] in
            try #expect(run.ask(.hostGAPlugin, "GET /versions")?.status == 200)
        }
        #expect(requests?.count == 1)
        try #expect(names(in: run.place) == [])
    }

    @Test("takes the place of sockets that a killed harness left")
    func stale() async throws {
        let run = try FabricRun()
        for _ in 0..<2 {
            try await run.serve { try #expect(run.ask(.imds, "GET /")?.status == 400) }
        }
        #expect(mknod(run.place.appending("imds.sock").string, S_IFSOCK | 0o600, 0) == 0)
        try await run.serve { try #expect(run.ask(.imds, "GET /")?.status == 400) }
        try #expect(names(in: run.place) == ["fabric.jsonl"])
    }

    @Test("refuses a folder that is missing")
    func missing() async throws {
        var run = try FabricRun()
        run.place = run.folder.path.appending("missing")
        let error = await #expect(throws: FabricError.self) { _ = try await run.serve {} }
        #expect(error?.code == .folder)
        #expect(error?.description.contains("missing") == true)
    }

    @Test("touches nothing that is no socket, and takes back what it had opened")
    func occupied() async throws {
        let run = try FabricRun()
        try Data("precious".utf8).write(to: URL(filePath: run.place.appending("imds.sock").string))
        let error = await #expect(throws: FabricError.self) { _ = try await run.serve {} }
        #expect(error?.code == .socket)
        try #expect(names(in: run.place) == ["fabric.jsonl", "imds.sock"])
    }

    @Test("many guests at once keep their journals apart")
    func many() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let run = try FabricRun()
                    let requests = try await run.serve {
                        for number in 0..<10 { _ = try run.ask(.wireServer, "GET /\(index)/\(number)") }
                    }
                    #expect(requests?.map(\.target) == (0..<10).map { "/\(index)/\($0)" })
                }
            }
            try await group.waitForAll()
        }
    }
}
