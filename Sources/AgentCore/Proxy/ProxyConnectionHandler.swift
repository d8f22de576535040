internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One client's connection: finds out whose it is and where it wanted to go, and passes its requests on to there.
///
/// The connection to the destination lives on the same event loop, so the two handlers call each other directly.
final class ProxyConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        case awaitingHead
        case exchanging(ProxyExchange)
        /// The answer is out; what still comes in is thrown away until the client closes.
        case closing
    }

    private enum Destination {
        case none
        /// With what is to be sent first.
        case connecting([HTTPClientRequestPart])
        case connected(any Channel)
    }

    let shared: ProxyContext
    private var context: ChannelHandlerContext?
    private var caller: (entry: AuditEntry, claims: CallerClaims)?
    private var phase = Phase.awaitingHead
    private var destination = Destination.none
    /// The request under way, or the last one, for the log.
    private var request: HTTPRequestHead?
    private var requestStart = NIODeadline.now()
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?

    init(context: ProxyContext) { shared = context }

    // MARK: The client's connection

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        if let source = context.channel.remoteAddress.flatMap(Endpoint.init), let entry = shared.audit.consume(source: source) {
            caller = (entry, CallerClaims(entry, users: shared.users))
        }
        expect(within: shared.limits.headTime)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        phase = .closing
        if case .connected(let channel) = destination { channel.close(promise: nil) }
        destination = .none
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head)
        case .body(let bytes):
            guard case .exchanging(var exchange) = phase else { return }
            exchange.bodyBytes += bytes.readableBytes
            guard exchange.bodyBytes <= exchange.largestBody(shared.limits) else { return refuse(.payloadTooLarge) }
            exchange.held?.writeImmutableBuffer(bytes)
            phase = .exchanging(exchange)
            if exchange.held == nil { send(.body(.byteBuffer(bytes))) } else { progress() }
        case .end(let trailers):
            guard case .exchanging(var exchange) = phase else { return }
            exchange.requestEnded = true
            phase = .exchanging(exchange)
            if let body = exchange.held { forwardSigned(exchange.head, body) } else { send(.end(trailers)) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .connected(let channel) = destination { channel.flush() }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .connected(let channel) = destination { Self.setReading(channel, context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let parserError = error as? HTTPParserError, case .awaitingHead = phase else {
            // Broken off, or nonsense in the middle of a body: there is no answer to give.
            context.close(promise: nil)
            return
        }
        shared.ledger.countRequest()
        refuse(parserError == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest)
    }

    // MARK: A request

    private func begin(_ head: HTTPRequestHead) {
        guard case .awaitingHead = phase else { return }
        request = head
        requestStart = .now()
        shared.ledger.countRequest()
        let methods: [HTTPMethod] = [.GET, .HEAD, .POST, .PUT, .DELETE, .OPTIONS, .PATCH]
        guard methods.contains(head.method) else {
            return refuse(.methodNotAllowed, headers: ["Allow": methods.map(\.rawValue).joined(separator: ", ")])
        }
        if let refusal = FramingCheck.refusal(of: head) { return refuse(refusal) }
        guard head.uri.utf8.count <= shared.limits.headerBytes else { return refuse(.uriTooLong) }
        guard !TargetCheck.isSuspicious(head.uri) else { return refuse(.forbidden) }
        if let local = shared.locals[String(head.uri.prefix { $0 != "?" })] { return answer(local.answer(head, caller: caller?.claims)) }
        guard let caller else { return refuse(.misdirectedRequest) }

        let service = shared.serviceOf(caller.entry.destination)
        var exchange = ProxyExchange(head: head, isExempt: ExemptCall.matches(head) && caller.claims.isRoot)
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > exchange.largestBody(shared.limits) {
            return refuse(.payloadTooLarge)
        }
        guard let service else { return refuse(.forbidden, .refused) }
        if !exchange.isExempt {
            switch shared.authoriser.decision(service: service, target: head.uri, caller: caller.claims) {
            case .allow: break
            // Passes, and is on record all the same.
            case .audit: record(.forbidden, .audited)
            case .deny: return refuse(.forbidden, .refused)
            }
        }
        if case .connected = destination { exchange.isOnKeptConnection = true }
        if shared.keys.current != nil, !exchange.isExempt { exchange.held = ByteBuffer() }
        phase = .exchanging(exchange)
        expect(within: shared.limits.stallTime)
        if exchange.held == nil { send(.head(forwarded(head, caller.claims))) }
    }

    /// The head as it goes on, unsigned.
    private func forwarded(_ head: HTTPRequestHead, _ claims: CallerClaims) -> HTTPRequestHead {
        var result = head
        result.headers = ForwardingHeaders.request(head.headers, claims: claims, date: shared.clock.httpDate)
        return result
    }

    /// What is signed is the whole request, so it goes on when it is whole.
    private func forwardSigned(_ head: HTTPRequestHead, _ body: ByteBuffer) {
        guard let caller else { return }
        var signed = forwarded(head, caller.claims)
        // Without a key (the platform let go of it meanwhile) it goes unsigned, and the platform decides.
        if let key = shared.keys.current {
            let signature = RequestSigner.authorization(
                method: signed.method, target: signed.uri, headers: signed.headers, body: body.readableBytesView, key: key)
            signed.headers.add(name: ForwardingHeaders.authorization, value: signature)
        }
        send(.head(signed))
        if body.readableBytes > 0 { send(.body(.byteBuffer(body))) }
        send(.end(nil))
        if case .connected(let channel) = destination { channel.flush() }
    }

    private func send(_ part: HTTPClientRequestPart) {
        progress()
        switch destination {
        case .connected(let channel): channel.write(part, promise: nil)
        case .connecting(let parts): destination = .connecting(parts + [part])
        case .none:
            guard let context, let caller else { return }
            destination = .connecting([part])
            // What comes while there is no connection would only pile up.
            Self.setReading(context.channel, false)
            connect(to: caller.entry.destination, on: context.eventLoop)
        }
    }

    private func connect(to endpoint: Endpoint, on loop: any EventLoop) {
        let client = NIOLoopBound(self, eventLoop: loop)
        let target: SocketAddress
        do { target = try endpoint.socketAddress() } catch { return connectFailed(endpoint, error) }
        let opened = ClientBootstrap(group: loop)
            .connectTimeout(shared.limits.connectTime)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var encoder = HTTPRequestEncoder.Configuration()
                    encoder.automaticallySetFramingHeaders = false
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers(
                        leftOverBytesStrategy: .dropBytes, enableOutboundHeaderValidation: true, encoderConfiguration: encoder)
                    try pipeline.addHandler(ProxyDestinationHandler(client: client.value))
                }
            }
            .connect(to: target)
        opened.hop(to: loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.connected(channel)
            case .failure(let error): self.connectFailed(endpoint, error)
            }
        }
    }

    private func connectFailed(_ endpoint: Endpoint, _ error: any Error) {
        shared.log.log(.warn, "Failed to establish connection to \(endpoint): \(error)")
        destination = .none
        refuse(.badGateway)
    }

    private func connected(_ channel: any Channel) {
        guard case .connecting(let parts) = destination, let context else {
            // The client left meanwhile.
            channel.close(promise: nil)
            return
        }
        destination = .connected(channel)
        for part in parts { channel.write(part, promise: nil) }
        channel.flush()
        Self.setReading(context.channel, channel.isWritable)
        progress()
    }

    // MARK: The destination's connection

    func destinationWritabilityChanged(_ isWritable: Bool) {
        if case .connected = destination, let context { Self.setReading(context.channel, isWritable) }
    }

    func destinationRead(_ part: HTTPClientResponsePart) {
        guard case .exchanging(var exchange) = phase, let context else { return }
        progress()
        switch part {
        case .head(let head) where head.status.code == 101:
            // The proxy speaks HTTP/1.1 to the end of the connection.
            dropDestination()
            refuse(.badGateway)
        case .head(let head) where (100..<200).contains(head.status.code): context.write(wrapOutboundOut(.head(head)), promise: nil)
        case .head(let head):
            let forwarded = exchange.forwarded(head)
            phase = .exchanging(exchange)
            context.write(wrapOutboundOut(.head(forwarded)), promise: nil)
        case .body(let bytes): context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        case .end(let trailers):
            record(exchange.answer ?? .ok, .answered)
            // Before the flush: it may bring the next request at once.
            let stays = exchange.keepAlive && exchange.requestEnded
            phase = stays ? .awaitingHead : .closing
            if stays { expect(within: shared.limits.headTime) }
            context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: nil)
            if !stays { closeGently() }
        }
    }

    func destinationReadComplete() { context?.flush() }

    func destinationClosed(_ channel: any Channel) {
        guard case .connected(let current) = destination, current === channel else { return }
        destination = .none
        guard case .exchanging(let exchange) = phase else { return }
        if exchange.canRepeat, let caller {
            phase = .exchanging(ProxyExchange(repeating: exchange))
            if let body = exchange.held {
                forwardSigned(exchange.head, body)
            } else {
                send(.head(forwarded(exchange.head, caller.claims)))
                send(.end(nil))
            }
        } else if exchange.answer == nil {
            refuse(.badGateway)
        } else {
            // Half an answer must not look like a whole one.
            context?.close(promise: nil)
        }
    }

    private func dropDestination() {
        if case .connected(let channel) = destination {
            destination = .none
            channel.close(promise: nil)
        }
    }

    // MARK: Answers of the proxy's own

    private func refuse(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome? = nil, headers extra: HTTPHeaders = [:]) {
        guard let context, context.channel.isActive else { return }
        record(status, outcome ?? (status == .misdirectedRequest ? .refused : .answered))
        phase = .closing
        dropDestination()
        var headers: HTTPHeaders = ["Connection": "close", "Content-Length": "0"]
        headers.add(contentsOf: extra)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        closeGently()
    }

    private func answer(_ answer: LocalAnswer) {
        guard let context else { return }
        record(answer.status, .answered)
        phase = .closing
        let headers: HTTPHeaders = [
            "Content-Type": "application/json; charset=utf-8", "Content-Length": "\(answer.body.utf8.count)", "Connection": "close",
        ]
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
        if !answer.body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        closeGently()
    }

    /// Closing with unread bytes would reset the connection, and the client might lose the answer.
    private func closeGently() {
        guard let context else { return }
        context.close(mode: .output, promise: nil)
        Self.setReading(context.channel, true)
        expect(within: .seconds(2))
    }

    private func record(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome) {
        shared.ledger.record(
            caller: caller?.claims, destination: caller?.entry.destination,
            responseStatus: "\(status.code) \(status.reasonPhrase)", outcome: outcome)
        shared.connectionLog?.record(
            request, caller: caller?.claims, destination: caller?.entry.destination, status: status, note: outcome == .audited ? "audited only" : "",
            since: requestStart)
    }

    // MARK: Time

    private func expect(within time: TimeAmount) {
        deadline = .now() + time
        timer?.cancel()
        schedule()
    }

    /// Within a request every sign of life counts; a head must be whole in time.
    private func progress() {
        if case .exchanging = phase { deadline = .now() + shared.limits.stallTime }
    }

    private func schedule() {
        guard let context else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            guard let context = self.context else { return }
            if self.deadline > .now() { self.schedule() } else { context.close(promise: nil) }
        }
    }

    private static func setReading(_ channel: any Channel, _ isReading: Bool) {
        try? channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
