internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The connection to the destination, and its answers.
extension ProxyConnectionHandler {
    func connect(to endpoint: Endpoint, on loop: any EventLoop) {
        let client = NIOLoopBound(self, eventLoop: loop)
        let target: SocketAddress
        do { target = try shared.parts.route(endpoint).socketAddress() } catch { return connectFailed(endpoint, error) }
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = shared.limits.headerBytes
        decoder.maxHeaderListSize = shared.limits.headerBytes
        let opened = ClientBootstrap(group: loop)
            .connectTimeout(shared.limits.connectTime)
            .channelInitializer { [decoder] channel in
                channel.eventLoop.makeCompletedFuture {
                    var encoder = HTTPRequestEncoder.Configuration()
                    encoder.automaticallySetFramingHeaders = false
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers(
                        leftOverBytesStrategy: .dropBytes, enableOutboundHeaderValidation: true, encoderConfiguration: encoder,
                        decoderLimitConfiguration: decoder)
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
        // The request may have been given up meanwhile.
        guard case .connecting = destination else { return }
        destination = .none
        giveUp(.badGateway)
    }

    private func connected(_ channel: any Channel) {
        guard case .connecting(let parts) = destination, let context else {
            // The client left meanwhile, or its request was given up.
            channel.close(promise: nil)
            return
        }
        destination = .connected(channel)
        for part in parts { channel.write(part, promise: nil) }
        channel.flush()
        setReading(context.channel, channel.isWritable)
        progress()
    }

    func dropDestination() {
        if case .connected(let channel) = destination { channel.close(promise: nil) }
        destination = .none
    }

    // MARK: What the destination's handler tells

    func destinationWritabilityChanged(_ isWritable: Bool) {
        progress()
        if case .connected = destination, let context { setReading(context.channel, isWritable) }
    }

    func destinationRead(_ part: HTTPClientResponsePart) {
        guard case .exchanging(var exchange) = phase, let context else { return }
        progress()
        switch part {
        // The proxy speaks HTTP/1.1 to the end of the connection.
        case .head(let head) where head.status == .switchingProtocols: giveUp(.badGateway)
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
            if stays {
                lastDeadline = .distantFuture
                expect(within: shared.limits.headTime)
            }
            context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: nil)
            if !stays { closeGently() }
        }
    }

    func destinationReadComplete() { context?.flush() }

    func destinationClosed(_ channel: any Channel) {
        guard case .connected(let current) = destination, current === channel else { return }
        destination = .none
        guard case .exchanging(let exchange) = phase else { return }
        if exchange.canRepeat { repeatRequest(exchange) } else { giveUp(.badGateway) }
    }
}
