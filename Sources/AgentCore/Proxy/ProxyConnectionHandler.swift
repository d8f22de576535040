internal import NIOCore

/// One client's connection: finds out whose it is and where it wanted to go, and passes its requests on to there.
///
/// Requests and answers are read in place from the bytes that arrived and written in one piece; no text is made of a field. The
/// connection to the destination lives on the same event loop, so the two handlers call each other directly. What happens to a request, on
/// the destination's side, with answers and in time is in files of its own.
final class ProxyConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case awaitingHead
        case exchanging
        /// The answer is out; what still comes in is thrown away until the client closes.
        case closing
    }

    enum Destination {
        case none
        /// With what is to be sent first.
        case connecting([ByteBuffer])
        case connected(ProxyDestinationHandler)
    }

    let shared: ProxyContext
    let workspace: ProxyWorkspace
    /// For the connection log: this connection's number, how many requests it made, and when the current one began.
    let number: UInt64
    var requests = 0
    /// Nil for what could not be read as a request.
    var callBegan: NIODeadline?

    var context: ChannelHandlerContext?
    let caller: ProxyCaller?
    var phase = Phase.awaitingHead
    /// Of use while `phase` is `exchanging`.
    var exchange: ProxyExchange?
    var destination = Destination.none

    /// What has come from the client and was not read yet, and the head in it.
    var input = ByteBuffer()
    var reader: HeadReader
    var isPaused = false
    /// The current request's head as it goes on, and its body where that is held back.
    var request = OutgoingRequest()
    var held = ByteBuffer()

    /// The same of the answer.
    var answerInput = ByteBuffer()
    var answerReader: HeadReader
    var answerTrailers = ByteBuffer()
    /// Of an answer whose reason is not the usual one of its status.
    var ownReason: String?
    /// Where the last answer was counted.
    var tally: (status: UInt16, tally: RequestLedger.Tally?) = (0, nil)

    /// When the event began that is being dealt with.
    var now = NIODeadline.now()
    var deadline = NIODeadline.distantFuture
    /// When the current request has to be over.
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
        // So the channel can use the memory for what it reads next.
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

    /// A client may close its own half as soon as its request is out, and still wants the answer.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            if phase == .exchanging, exchange?.requestEnded == true { exchange?.keepAlive = false } else { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// A connection broken off.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func setReading(_ isReading: Bool) {
        guard let context, isPaused == isReading else { return }
        isPaused = !isReading
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
