internal import NIOCore
internal import NIOHTTP1

/// The connection to where the client wanted to go: tells the client's handler, on the same event loop, what happens on it.
final class ProxyDestinationHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private weak var client: ProxyConnectionHandler?

    init(client: ProxyConnectionHandler) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { client?.destinationRead(unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) {
        client?.destinationReadComplete()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        client?.destinationWritabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        client?.destinationClosed(context.channel)
        context.fireChannelInactive()
    }

    /// An answer that is no HTTP, or a connection broken off; what follows is the same.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
