import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers every request on a loopback port with the next body; an empty one closes the connection instead.
struct LoopbackAgent {
    let port: UInt16
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    static func start(_ next: @escaping @Sendable () -> String) async throws -> LoopbackAgent {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answerer(next))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return LoopbackAgent(port: UInt16(channel.localAddress?.port ?? 0), channel: channel, group: group)
    }

    func stop() async throws { try await group.shutdownGracefully() }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let next: @Sendable () -> String
        init(_ next: @escaping @Sendable () -> String) { self.next = next }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            let body = next()
            guard !body.isEmpty else { return context.close(promise: nil) }
            let headers: HTTPHeaders = ["Content-Length": "\(body.utf8.count)", "Connection": "close"]
            context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
