internal import NIOCore

/// The connection to the client's destination. Reports its events to the client's handler, on the same event loop.
final class ProxyDestinationHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Nil after the connection has ended.
    private var client: ProxyConnectionHandler?
    private var context: ChannelHandlerContext?
    private var hasUnflushed = false

    init(client: ProxyConnectionHandler) { self.client = client }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        client = nil
    }

    // MARK: From the client's handler

    func write(_ bytes: ByteBuffer) {
        hasUnflushed = true
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context?.flush()
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func setReading(_ isReading: Bool) { try? context?.channel.syncOptions?.setOption(.autoRead, value: isReading) }

    /// Called by the client's handler, which receives no more events.
    func close() {
        client = nil
        context?.close(promise: nil)
    }

    // MARK: From the destination

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A client could take unsolicited bytes for its next answer.
        if let client { client.destinationRead(unwrapInboundIn(data)) } else { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        client?.destinationReadComplete()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        client?.destinationWritabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        client?.destinationClosed(self)
        client = nil
        context.fireChannelInactive()
    }

    /// The connection failed; channelInactive follows.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
