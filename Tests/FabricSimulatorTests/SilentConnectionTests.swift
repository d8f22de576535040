import MatrixModel
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("A silent connection")
struct SilentConnectionTests {
    @Test("is still answered an hour later: a guest under load takes minutes from its first connections to its agent")
    func silence() throws {
        let run = try FabricRun()
        let channel = EmbeddedChannel()
        try Fabric.prepare(channel, .wireServer, Platform(run.scenario), try FabricJournal(path: run.journal))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/fabric")).wait()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        try #require(channel.isActive)
        try channel.writeInbound(ByteBuffer(string: FabricRun.request("GET /unknown")))
        let answer = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(String(buffer: answer).hasPrefix("HTTP/1.1 404"))
        _ = try? channel.finish()
    }
}
