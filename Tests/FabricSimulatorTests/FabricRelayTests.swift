import Foundation
import MatrixModel
import NIOCore
import NIOPosix
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import FabricSimulator

@Suite("The relay")
struct FabricRelayTests {
    private struct Ended { let status: TerminationStatus; let output: [UInt8]; let errors: String }

    /// Starts the relay as QEMU does: in the guest's folder, with the socket's bare name.
    private func relay(_ arguments: [String], in folder: FilePath, input: [UInt8] = []) async throws -> Ended {
        let result = try await Subprocess.run(
            .path(try BuiltProgram.path("fabric-relay")), arguments: Arguments(arguments), workingDirectory: folder,
            input: .array(input), output: .bytes(limit: 16 << 20), error: .string(limit: 4096))
        return Ended(status: result.terminationStatus, output: result.standardOutput, errors: result.standardError)
    }

    /// A server on `echo.sock` that sends everything back, and ends when the other side did.
    private func withEcho(_ body: (FilePath) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(EchoHandler()) }
            }
            .bind(unixDomainSocketPath: folder.path.appending("echo.sock").string).get()
        do {
            try await body(folder.path)
        } catch {
            try? await server.close()
            throw error
        }
        try await server.close()
    }

    private final class EchoHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
        func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard event as? ChannelEvent == .inputClosed else { return }
            // Closing drops what still waits to be written.
            let isWritten = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isWritten)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            isWritten.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        }
    }

    @Test("joins its input and output to the platform")
    func platform() async throws {
        let run = try FabricRun()
        let requests = try await run.serve {
            let request = FabricRun.request("GET /?comp=versions", ["Connection: close"])
            let ended = try await relay(["wireserver.sock"], in: run.place, input: Array(request.utf8))
            #expect(ended.status.isSuccess)
            #expect(String(decoding: ended.output, as: UTF8.self).hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(ended.errors == "")
        }
        #expect(requests?.count == 1)
    }

    @Test("hands the end of its input on and still delivers what comes back, all of it")
    func big() async throws {
        let bytes = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await withEcho { folder in
            let ended = try await relay(["echo.sock"], in: folder, input: bytes)
            #expect(ended.status.isSuccess)
            #expect(ended.output.count == bytes.count)
            // As a Bool: a difference of megabytes is not worth printing.
            let isSame = ended.output == bytes
            #expect(isSame)
        }
    }

    @Test("ends when the platform hangs up, whatever its input does")
    func hangUp() async throws {
        let run = try FabricRun()
        // Its writing end stays open until the relay has ended by itself.
        let input = try SystemPackage.FileDescriptor.pipe()
        defer { try? input.writeEnd.close() }
        try input.writeEnd.writeAll("no HTTP at all\r\n\r\n".utf8)
        try await run.serve {
            let result = try await Subprocess.run(
                .path(try BuiltProgram.path("fabric-relay")), arguments: ["imds.sock"], workingDirectory: run.place,
                input: .fileDescriptor(input.readEnd, closeAfterSpawningProcess: true), output: .discarded)
            #expect(result.terminationStatus.isSuccess)
        }
    }

    @Test("fails with a word when there is no socket")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let ended = try await relay(["missing.sock"], in: folder.path)
        #expect(ended.status == .exited(1))
        #expect(ended.errors == "fabric-relay: connect: No such file or directory\n")
    }

    @Test("fails with a word when the name is too long for a socket")
    func long() async throws {
        let folder = try TemporaryFolder()
        let ended = try await relay([String(repeating: "x", count: 108)], in: folder.path)
        #expect(ended.status == .exited(1))
        #expect(ended.errors.contains("File name too long"))
    }

    @Test("says how it is used when it is not", arguments: [[], ["one.sock", "two.sock"]])
    func usage(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let ended = try await relay(arguments, in: folder.path)
        #expect(ended.status == .exited(2))
        #expect(ended.errors == "usage: fabric-relay SOCKET\n")
    }
}
