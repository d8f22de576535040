internal import NIOCore
internal import NIOHTTP1

/// One client's connection: finds out whose it is and where it wanted to go, and passes its requests on to there.
///
/// The connection to the destination lives on the same event loop, so the two handlers call each other directly. What happens to a
/// request, on the destination's side, with answers and in time is in files of its own.
final class ProxyConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        case awaitingHead
        case exchanging(ProxyExchange)
        /// The answer is out; what still comes in is thrown away until the client closes.
        case closing
    }

    enum Destination {
        case none
        /// With what is to be sent first.
        case connecting([HTTPClientRequestPart])
        case connected(any Channel)
    }

    let shared: ProxyContext
    /// For the connection log: this connection's number, how many requests it made, and the current one.
    let number: UInt64
    var requests = 0
    var call: (method: HTTPMethod, target: String, began: MonotonicTime)?

    var context: ChannelHandlerContext?
    let caller: (entry: AuditEntry, claims: CallerClaims)?
    var phase = Phase.awaitingHead
    var destination = Destination.none

    var deadline = NIODeadline.distantFuture
    /// When the current request has to be over.
    var lastDeadline = NIODeadline.distantFuture
    var timer: (task: Scheduled<Void>, due: NIODeadline)?

    /// - Parameter entry: Nil for a client that connected to the proxy directly.
    init(context: ProxyContext, entry: AuditEntry?) {
        shared = context
        caller = entry.map { ($0, context.parts.identify($0, context.users)) }
        number = context.connectionLog.openConnection()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        expect(within: shared.limits.headTime)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        if case .exchanging = phase { note("the client left") }
        phase = .closing
        dropDestination()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head)
        case .body(let bytes): continueRequest(bytes)
        // Trailers end here: no signature covers them, and headers that only the agent may send must not come in by the back door.
        case .end: endRequest()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .connected(let channel) = destination { channel.flush() }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        progress()
        if case .connected(let channel) = destination { setReading(channel, context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    /// A client may close its own half as soon as its request is out, and still wants the answer.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            if case .exchanging(var exchange) = phase, exchange.requestEnded {
                exchange.keepAlive = false
                phase = .exchanging(exchange)
            } else {
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let status: HTTPResponseStatus = (error as? HTTPParserError) == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
        switch phase {
        // What follows a refused request is no request to the parser either; closing now could take the answer from the client.
        case .closing: break
        case _ where !(error is HTTPParserError): context.close(promise: nil)
        case .awaitingHead:
            startCall(nil)
            refuse(status)
        case .exchanging: giveUp(status)
        }
    }

    func setReading(_ channel: any Channel, _ isReading: Bool) {
        try? channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
