import Foundation
import NIOCore
import NIOPosix
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import QEMUGuest

@Suite("A guest's network", .timeLimit(.minutes(2)))
struct NetworkProcessTests {
    private static let imds: [UInt8] = [169, 254, 169, 254]
    private static let wireServer: [UInt8] = [168, 63, 129, 16]

    /// Runs the network with the platform's sockets in a folder behind it, and a card in front of it, until the body returns.
    private func withNetwork(in folder: TemporaryFolder, _ body: @escaping @Sendable (EthernetPeer) throws -> Void) async throws {
        let network = GuestNetwork(
            program: try BuiltProgram.path("guest-network"), wireServer: "wireserver.sock", hostGAPlugin: "hostga.sock", imds: "imds.sock")
        let process = try NetworkProcess(network, listeningAt: folder.path.appending("network.sock").string)
        async let ended: Void = process.run(in: folder.path)
        // The card waits for what it reads, which is to be on nobody else's time, and hangs up when it returns.
        let path = folder.path
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try body(EthernetPeer("network.sock", in: path)) }) }
        }
        try await ended
    }

    /// What a server behind the network got, sent back in capitals.
    private final class Shouting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data)).uppercased()
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }

    private static func listen(at path: FilePath) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Shouting()) } }
            .bind(unixDomainSocketPath: path.string).get()
    }

    @Test("survives whatever frames a guest sends, and answers the next good one", arguments: fuzzSeeds(2))
    func damaged(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let server = try await Self.listen(at: folder.path.appending("imds.sock"))
        try await withNetwork(in: folder) { peer in
            peer.ask(for: EthernetPeer.gateway)
            _ = peer.framesUntilAnswer()
            let samples = [
                EthernetPeer.frame(
                    protocol: 6, to: Self.imds,
                    EthernetPeer.bytes(UInt16(40_001)) + EthernetPeer.bytes(UInt16(80)) + [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xFF, 0, 0, 0, 0, 0]),
                EthernetPeer.frame(protocol: 17, to: EthernetPeer.gateway, [0x9C, 0x41, 0, 67, 0, 12, 0, 0, 1, 1, 6, 0]),
                EthernetPeer.frame(protocol: 1, to: EthernetPeer.gateway, [8, 0, 0xF7, 0xFF, 0, 0, 0, 0]),
            ]
            for frame in DamagedSamples(of: samples, seed: seed, count: 300) {
                peer.send(frame: frame)
                // What it answers is read, or both sides would wait for each other.
                peer.ask(for: EthernetPeer.gateway)
                _ = peer.framesUntilAnswer()
            }
            peer.open(Self.imds, port: 80)
            var flags: UInt8?
            while flags != EthernetPeer.Flags.syn | EthernetPeer.Flags.ack, let segment = peer.segment() { flags = segment.flags }
            #expect(flags == EthernetPeer.Flags.syn | EthernetPeer.Flags.ack)
        }
        try await server.close()
    }

    @Test(
        "leads each of the platform's addresses to its own socket, and what comes back to the guest",
        arguments: [(imds, 80, "imds.sock"), (wireServer, 80, "wireserver.sock"), (wireServer, 32526, "hostga.sock")])
    func forwards(address: [UInt8], port: Int, socket: String) async throws {
        let folder = try TemporaryFolder()
        let server = try await Self.listen(at: folder.path.appending(socket))
        try await withNetwork(in: folder) { peer in
            peer.ask(for: EthernetPeer.gateway)
            _ = peer.framesUntilAnswer()
            peer.open(address, port: UInt16(port))
            #expect(peer.segment()?.flags == EthernetPeer.Flags.syn | EthernetPeer.Flags.ack)
            peer.say(Array("who is there".utf8))
            var answer: [UInt8] = []
            while answer.count < 12, let segment = peer.segment() { answer += segment.data }
            #expect(String(decoding: answer, as: UTF8.self) == "WHO IS THERE")
            peer.hangUp()
            // The server sees the end and ends as well.
            var ends = false
            while !ends, let segment = peer.segment() { ends = segment.flags & EthernetPeer.Flags.fin != 0 }
            #expect(ends)
        }
        try await server.close()
    }

    @Test("ends a connection that nobody takes at the other end")
    func nobody() async throws {
        try await withNetwork(in: TemporaryFolder()) { peer in
            peer.ask(for: EthernetPeer.gateway)
            _ = peer.framesUntilAnswer()
            peer.open(Self.imds, port: 80)
            // It is made (libslirp answers before it looks), and ends without a byte.
            var segments: [EthernetPeer.Segment] = []
            while segments.last.map({ $0.flags & (EthernetPeer.Flags.fin | EthernetPeer.Flags.reset) == 0 }) ?? true, let segment = peer.segment() {
                segments.append(segment)
            }
            #expect(segments.last.map { $0.flags & (EthernetPeer.Flags.fin | EthernetPeer.Flags.reset) != 0 } == true)
            #expect(segments.allSatisfy { $0.data.isEmpty })
        }
    }

    /// Every way that is tried: TCP and UDP to ports of a machine, over IPv4 and IPv6, a question for a name and an echo request.
    private static func attack(_ peer: EthernetPeer, _ address: [UInt8], _ addresses6: [[UInt8]], _ target: HostTarget) {
        peer.ask(for: EthernetPeer.gateway)
        _ = peer.framesUntilAnswer()
        peer.open(address, port: target.tcpPort)
        let datagram = EthernetPeer.bytes(UInt16(4000)) + EthernetPeer.bytes(target.udpPort) + [0, 20, 0, 0] + Array("datagram out".utf8)
        peer.send(frame: EthernetPeer.frame(protocol: 17, to: address, datagram))
        let question = EthernetPeer.bytes(UInt16(4001)) + EthernetPeer.bytes(UInt16(53)) + [0, 20, 0, 0] + [UInt8](repeating: 0, count: 12)
        peer.send(frame: EthernetPeer.frame(protocol: 17, to: [168, 0, 0, 3], question))
        for address6 in addresses6 {
            peer.send(frame: EthernetPeer.datagram6(to: address6, port: target.udpPort6 ?? 9, Array("datagram out".utf8)))
            peer.send(frame: EthernetPeer.opening6(to: address6, port: target.tcpPort6 ?? 9))
        }
        // An echo request (RFC 792).
        peer.send(frame: EthernetPeer.frame(protocol: 1, to: address, [8, 0, 0xF7, 0xFF, 0, 0, 0, 0]))
    }

    /// The host, its name server and the first address of libslirp's network, and the loopback.
    private static let addresses6 = [UInt8(2), 3, 1].map { [0xFE, 0xC0] + [UInt8](repeating: 0, count: 13) + [$0] } + [[UInt8](repeating: 0, count: 15) + [1]]

    @Test("has no way to the host, by none of its addresses", arguments: [EthernetPeer.gateway, [168, 0, 0, 3], [127, 0, 0, 1], imds, [10, 0, 0, 1]])
    func noEscape(address: [UInt8]) async throws {
        let target = try HostTarget()
        try await withNetwork(in: TemporaryFolder()) { peer in
            Self.attack(peer, address, Self.addresses6, target)
            Self.expectNothing(peer)
        }
        // The network has polled its sockets and ended, so what it would have sent has arrived.
        #expect(target.counts == HostTarget.Counts())
    }

    /// At most the guest is told that there is nothing (a reset, or an unreachable port).
    private static func expectNothing(_ peer: EthernetPeer) {
        peer.ask(for: EthernetPeer.gateway)
        let frames = peer.framesUntilAnswer()
        #expect(!frames.contains { $0.count > 47 && $0[23] == 6 && $0[47] & EthernetPeer.Flags.syn != 0 })
        #expect(!frames.contains { $0.count > 23 && $0[12..<14] == [8, 0] && $0[23] == 17 })
    }

    /// Waits until what was sent has arrived, where nothing keeps it back.
    private static func expectConnection(_ peer: EthernetPeer) {
        var flags: UInt8?
        while flags != EthernetPeer.Flags.syn | EthernetPeer.Flags.ack, let segment = peer.segment() { flags = segment.flags }
        #expect(flags == EthernetPeer.Flags.syn | EthernetPeer.Flags.ack)
        // What is sent before an answer to a later question was sent on before it.
        peer.ask(for: EthernetPeer.gateway)
        _ = peer.framesUntilAnswer()
    }

    /// A machine without IPv6 has nothing to arrive at.
    private static func expectArrived(_ counts: HostTarget.Counts, at target: HostTarget) {
        #expect(counts.connections == 1 && counts.datagrams == 1)
        #expect(target.udpPort6 == nil || (counts.connections6 > 0 && counts.datagrams6 > 0), "\(counts)")
    }

    @Test("without its containment the same attack arrives, so the test of containment can fail")
    func control() async throws {
        let target = try HostTarget()
        let folder = try TemporaryFolder()
        try ThreadedNetwork.run(isContained: false, in: folder.path) { peer in
            Self.attack(peer, EthernetPeer.gateway, Self.addresses6, target)
            Self.expectConnection(peer)
        }
        Self.expectArrived(target.counts, at: target)
    }

    @Test(
        "has no way to a third host, which the same attack reaches without containment",
        .enabled(if: ThirdHost.isAllowed, "SKIPPED: this user may not make network namespaces, of which the third host is made"))
    func thirdHost() throws {
        let host = try ThirdHost()
        let target = try host.far.run { try HostTarget(isLocal: false) }
        let folder = try TemporaryFolder()
        try ThreadedNetwork.run(isContained: true, namespace: host.near, in: folder.path) { peer in
            Self.attack(peer, ThirdHost.address, [ThirdHost.address6], target)
            Self.expectNothing(peer)
        }
        #expect(target.counts == HostTarget.Counts())
        try ThreadedNetwork.run(isContained: false, namespace: host.near, in: folder.path) { peer in
            Self.attack(peer, ThirdHost.address, [ThirdHost.address6], target)
            Self.expectConnection(peer)
        }
        Self.expectArrived(target.counts, at: target)
    }

    /// Opens a connection to each port that anything of the platform or of the harness might have, at each address of the network.
    private static func scan(_ peer: EthernetPeer) {
        // A forwarded connection leads on once it is complete.
        func completeAll() {
            peer.ask(for: EthernetPeer.gateway)
            for frame in peer.framesUntilAnswer() { peer.complete(frame) }
        }
        for address in [imds, wireServer, EthernetPeer.gateway, [168, 0, 0, 3]] {
            for port in (1...UInt16(1500)).map(\.self) + (32_500...UInt16(32_600)) where address != imds || port != 80 {
                peer.open(address, port: port)
                if port % 50 == 0 { completeAll() }
            }
            completeAll()
        }
        // What the last ones brought about comes before this answer.
        completeAll()
    }

    @Test("leads to no other Unix socket of the host: neither to the emulator's monitor and control channel in its own folder nor to an abstract one")
    func unixSockets() async throws {
        let folder = try TemporaryFolder()
        let sockets = try HostSockets(["monitor.sock", "control.sock"], in: folder.path)
        try await withNetwork(in: folder, Self.scan)
        #expect(sockets.connections == [0, 0, 0])
        // One wrong forward, and the same scan finds the monitor.
        try ThreadedNetwork.run(
            isContained: true, forwards: ["169.254.169.254:1444=\(folder.path.appending("monitor.sock").string)"], in: folder.path, Self.scan)
        #expect(sockets.connections == [1, 0, 0])
    }

    @Test("survives frames that are none")
    func noise() async throws {
        try await withNetwork(in: TemporaryFolder()) { peer in
            var generator = SeededGenerator(seed: 7)
            for length in [0, 1, 13, 14, 15, 33, 34, 60, 1514, 9000] {
                peer.send(frame: (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
                var packet = EthernetPeer.frame(protocol: 6, to: Self.imds, (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
                packet[14] = UInt8.random(in: 0...255, using: &generator)
                peer.send(frame: packet)
            }
            peer.ask(for: EthernetPeer.gateway)
            #expect(!peer.framesUntilAnswer().contains { $0.count < 14 })
        }
    }

    @Test("ends with a word at a frame that cannot be")
    func tooLong() async throws {
        let error = await #expect(throws: GuestError.self) {
            try await withNetwork(in: TemporaryFolder()) { peer in
                peer.write([0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3])
                #expect(peer.receive() == nil)
            }
        }
        #expect(error?.code == .networkFailed)
        #expect(error?.description.contains("a frame of 2147483647 bytes") == true, "\(error?.description ?? "")")
    }

    @Test(
        "says how it is used when it is not",
        arguments: [[], ["imds.sock"], ["169.254.169.254=imds.sock"], ["1.2.3:80=x"], ["1.2.3.4:0=x"], ["1.2.3.4:70000=x"], ["1.2.3.4:80="]])
    func usage(arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .path(BuiltProgram.path("guest-network")), arguments: Arguments(arguments), input: .none, output: .discarded, error: .string(limit: 4096))
        #expect(result.terminationStatus == .exited(2))
        #expect(result.standardError.contains("usage: guest-network ADDRESS:PORT=SOCKET..."))
    }
}
