internal import NIOCore

/// One client's connection: identifies the client and its destination, and forwards its requests.
///
/// Requests and answers are parsed in place and written in one piece, without strings for fields. The connection to the destination is on the
/// same event loop, so the two handlers call each other directly. Extensions in other files handle requests, the destination, answers and
/// timeouts.
final class ProxyConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case awaitingHead
        case exchanging
        /// The answer has been sent; further input is discarded until the client closes.
        case closing
    }

    enum Destination {
        case none
        /// With the bytes to send first.
        case connecting([ByteBuffer])
        case connected(ProxyDestinationHandler)
    }

    let shared: ProxyContext
    let workspace: ProxyWorkspace
    /// For the connection log: this connection's number, how many requests it made, and when the current one began.
    let number: UInt64
    var requests = 0
    /// Nil for input that is not a request.
    var callBegan: NIODeadline?

    var context: ChannelHandlerContext?
    let caller: ProxyCaller?
    var phase = Phase.awaitingHead
    /// Valid while `phase` is `exchanging`.
    var exchange: ProxyExchange?
    var destination = Destination.none

    /// The client's input that has not been processed, and the parser of its head.
    var input = ByteBuffer()
    var reader: HeadReader
    var isPaused = false
    /// The current request's head for the destination, and its body if that is held back.
    var request = OutgoingRequest()
    var held = ByteBuffer()

    /// The same for the answer.
    var answerInput = ByteBuffer()
    var answerReader: HeadReader
    var answerTrailers = ByteBuffer()
    /// The reason of an answer if it is not the standard one of its status.
    var ownReason: String?
    /// The tally of the last answer.
    var tally: (status: UInt16, tally: RequestLedger.Tally?) = (0, nil)

    /// The time at which the current event started.
    var now = NIODeadline.now()
    var deadline = NIODeadline.distantFuture
    /// The latest end of the current request.
    var lastDeadline = NIODeadline.distantFuture
    var timer: (task: Scheduled<Void>, due: NIODeadline)?

    /// - Parameter entry: Nil for a client that connected to the proxy directly.
    init(context: ProxyContext, workspace: ProxyWorkspace, entry: AuditEntry?) {
        shared = context
        self.workspace = workspace
        caller = entry.map { ProxyCaller($0, context) }
        number = context.connectionLog.openConnection()
        reader = HeadReader(.request, HeadLimits(fields: context.limits.headerFields, bytes: context.limits.headerBytes))
        answerReader = HeadReader(.answer, HeadLimits(fields: ProxyLimits.answerFields, bytes: context.limits.headerBytes))
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        now = .now()
        expect(within: shared.limits.headTime)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        if phase == .exchanging { note("the client left") }
        phase = .closing
        dropDestination()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closing else { return }
        now = .now()
        Self.append(unwrapInboundIn(data), to: &input)
        readInput()
        // The channel can then reuse the memory for its next read.
        if input.readableBytes == 0 { input = ByteBuffer() }
    }

    static func append(_ bytes: ByteBuffer, to input: inout ByteBuffer) {
        var bytes = bytes
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushDestination()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        now = .now()
        progress()
        if case .connected(let destination) = destination { destination.setReading(context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    /// A client may close its sending side after its request, and still expects the answer.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            if phase == .exchanging, exchange?.requestEnded == true { exchange?.keepAlive = false } else { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The connection failed.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func setReading(_ isReading: Bool) {
        guard let context, isPaused == isReading else { return }
        isPaused = !isReading
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
