import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("A hostile guest")
struct HostileGuestTests {
    static let good = FabricRun.request("GET /?comp=versions")

    /// Lets the guest do its worst and then shows that the platform still answers.
    private func survive(_ body: @Sendable (FabricRun) throws -> Void) async throws -> [FabricRequest] {
        let run = try FabricRun()
        let requests = try await run.serve {
            try body(run)
            try #expect(run.ask(.wireServer, "GET /?comp=versions")?.status == 200)
        }
        return try #require(requests)
    }

    @Test("that speaks no HTTP is refused and not journalled")
    func garbage() async throws {
        let requests = try await survive { run in
            let connection = try run.connect(.wireServer)
            try connection.send("\u{1}\u{2}\u{3} what is this\r\n\r\n")
            let answer = try connection.receiveAnswer()
            #expect(answer == nil || answer?.status == 400)
            try #expect(connection.receiveAll() == [])
        }
        #expect(requests.count == 1)
    }

    @Test("whose headers have no end is cut off")
    func headers() async throws {
        let requests = try await survive { run in
            let connection = try run.connect(.imds)
            try connection.send("GET / HTTP/1.1\r\n")
            let line = "x-filler: \(String(repeating: "y", count: 1000))\r\n"
            // 64 MiB at most: whoever takes them all has no limit.
            let isCutOff = (0..<65_536).contains { _ in (try? connection.send(line)) == nil }
            #expect(isCutOff)
        }
        #expect(requests.count == 1)
    }

    @Test("whose body is too large gets 413 before the body's end, and no further request in")
    func body() async throws {
        let requests = try await survive { run in
            let connection = try run.connect(.wireServer)
            try connection.send("POST /machine?comp=health HTTP/1.1\r\nHost: platform\r\nContent-Length: 1000000000\r\n\r\n")
            let piece = [UInt8](repeating: 0, count: 64 << 10)
            // The fabric hangs up in the middle; that is fine.
            for _ in 0...17 { try? connection.send(piece) }
            try #expect(connection.receiveAnswer()?.status == 413)
            try #expect(connection.receiveAll() == [])
        }
        #expect(requests.map(\.status) == [413, 200])
    }

    @Test("may send a body of exactly the limit")
    func largestBody() async throws {
        let requests = try await survive { run in
            let answer = try run.ask(.wireServer, "POST /machine?comp=health", body: String(repeating: "b", count: FabricLimits.body))
            #expect(answer?.status == 200)
        }
        #expect(requests.map(\.status) == [200, 200])
    }

    @Test("that hangs up in the middle of a request leaves no trace")
    func aborted() async throws {
        let requests = try await survive { run in
            for part in ["", "GET", "GET / HTTP/1.1\r\nHost", "POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhalf"] {
                let connection = try run.connect(.hostGAPlugin)
                try connection.send(part)
            }
        }
        #expect(requests.count == 1)
    }

    @Test("that keeps connections open does not keep the fabric from ending")
    func open() async throws {
        let run = try FabricRun()
        let idle = try await Fabric.serve(in: run.place, journal: run.journal, scenario: run.scenario) {
            let connections = try FabricRequest.Endpoint.allCases.map { try run.connect($0) }
            for connection in connections {
                // Answered, hence known to the fabric.
                try connection.send(FabricRun.request("GET /unknown"))
                try #expect(connection.receiveAnswer() != nil)
            }
            return connections
        }.value
        for connection in idle { try #expect(connection.receiveAll() == []) }
    }

    @Test("that opens connections without end gets no more than the limit")
    func connections() async throws {
        _ = try await survive { run in
            var open: [UnixConnection] = []
            var isRefused = false
            while !isRefused, open.count <= FabricLimits.connections {
                let connection = try run.connect(.imds)
                isRefused = (try? connection.send(FabricRun.request("GET /unknown"))) == nil
                isRefused = isRefused || (try? connection.receiveAnswer()) == nil
                open.append(connection)
            }
            #expect(open.count == FabricLimits.connections + 1)
            // Room again: the first to go is waited for.
            let last = try #require(open.first)
            last.endSending()
            try #expect(last.receiveAll() == [])
        }
    }

    @Test("may ask again on a connection, and before it has read the answer")
    func pipelined() async throws {
        let run = try FabricRun()
        let requests = try await run.serve {
            let connection = try run.connect(.wireServer)
            try connection.send(Self.good)
            try #expect(connection.receiveAnswer()?.status == 200)
            try connection.send(Self.good + FabricRun.request("GET /unknown") + FabricRun.request("GET /?comp=versions", ["Connection: close"]))
            try #expect([connection.receiveAnswer(), connection.receiveAnswer(), connection.receiveAnswer()].map { $0?.status } == [200, 404, 200])
            try #expect(connection.receiveAll() == [])
        }
        #expect(requests?.map(\.status) == [200, 200, 404, 200])
    }

    @Test("that ends its side after the request still gets its answer")
    func halfClosed() async throws {
        let run = try FabricRun()
        try await run.serve {
            let connection = try run.connect(.wireServer)
            try connection.send(FabricRun.request("GET /?comp=versions", ["Connection: close"]))
            connection.endSending()
            try #expect(connection.receiveAnswer()?.status == 200)
        }
    }
}
