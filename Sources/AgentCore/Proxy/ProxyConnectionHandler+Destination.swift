internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The connection to the destination, and its answers.
extension ProxyConnectionHandler {
    func connect(to endpoint: Endpoint, on loop: any EventLoop) {
        let handler = NIOLoopBound(ProxyDestinationHandler(client: self), eventLoop: loop)
        let target: SocketAddress
        do { target = try shared.parts.route(endpoint).socketAddress() } catch { return connectFailed(endpoint, error) }
        let opened = ClientBootstrap(group: loop)
            .connectTimeout(shared.limits.connectTime)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
            }
            .connect(to: target)
        opened.hop(to: loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.connected(handler.value)
            case .failure(let error): self.connectFailed(endpoint, error)
            }
        }
    }

    private func connectFailed(_ endpoint: Endpoint, _ error: any Error) {
        shared.log.log(.warn, "Failed to establish connection to \(endpoint): \(error)")
        // The request may have been cancelled in the meantime.
        guard case .connecting = destination else { return }
        destination = .none
        giveUp(.badGateway)
    }

    private func connected(_ handler: ProxyDestinationHandler) {
        now = .now()
        // The client has disconnected, or its request was cancelled.
        guard case .connecting(let parts) = destination, context != nil else { return handler.close() }
        destination = .connected(handler)
        for part in parts { handler.write(part) }
        handler.flush()
        setReading(handler.isWritable)
        progress()
    }

    func dropDestination() {
        if case .connected(let handler) = destination { handler.close() }
        destination = .none
        answerInput = ByteBuffer()
        answerReader.reset()
    }

    // MARK: What the destination's handler tells

    func destinationWritabilityChanged(_ isWritable: Bool) {
        now = .now()
        progress()
        if case .connected = destination { setReading(isWritable) }
    }

    func destinationRead(_ bytes: ByteBuffer) {
        // An unsolicited answer.
        guard phase == .exchanging else { return dropDestination() }
        now = .now()
        progress()
        Self.append(bytes, to: &answerInput)
        readAnswer()
        writeOutgoing()
        if answerInput.readableBytes == 0 { answerInput = ByteBuffer() }
    }

    func destinationReadComplete() {
        if phase == .exchanging { context?.flush() }
    }

    func destinationClosed(_ handler: ProxyDestinationHandler) {
        guard case .connected(let current) = destination, current === handler else { return }
        dropDestination()
        guard phase == .exchanging, let exchange else { return }
        now = .now()
        if exchange.answer != nil, exchange.answerBody.endsWithConnection { endAnswer() } else { answerFailed() }
    }

    /// The destination sent an invalid or incomplete answer.
    private func answerFailed() {
        dropDestination()
        if exchange?.canRepeat == true { repeatRequest() } else { giveUp(.badGateway) }
    }

    private func readAnswer() {
        while phase == .exchanging {
            if exchange?.answer == nil {
                guard answerInput.readableBytes > 0 else { return }
                switch answerInput.withUnsafeReadableBytes({ answerReader.read($0) }) {
                case .incomplete: return
                case .malformed, .tooLarge: return answerFailed()
                case .complete(let length): takeAnswer(length)
                }
            } else {
                guard let step = exchange?.answerBody.next(&answerInput, trailers: &answerTrailers) else { return }
                switch step {
                case .incomplete: return
                case .malformed: return answerFailed()
                case .part(let bytes): forward(bytes)
                case .end: return endAnswer()
                }
            }
        }
    }

    private func takeAnswer(_ length: Int) {
        guard var exchange, case .status(let status) = answerReader.start else { return answerFailed() }
        workspace.prepareOutgoing()
        // The proxy does not support upgrades.
        guard status.code != 101 else { return giveUp(.badGateway) }
        // An informational answer is not forwarded: the proxy has already sent its own 100.
        if status.code >= 200 {
            guard let answer = ForwardedAnswer(status, answerReader.facts, to: &exchange) else { return answerFailed() }
            exchange.answer = status.code
            exchange.answerBody = answer.body
            exchange.answerIsChunked = answer.isChunked
            self.exchange = exchange
            answerInput.withUnsafeReadableBytes {
                let head = UnsafeRawBufferPointer(rebasing: $0.prefix(length))
                ownReason = Self.ownReason(status, in: head)
                answer.write(answerReader.fields, of: head, keepsConnection: exchange.keepAlive, to: &workspace.outgoing)
            }
        }
        answerInput.moveReaderIndex(forwardBy: length)
        answerReader.reset()
    }

    /// The reason of a status line; nil for the standard one.
    private static func ownReason(_ status: StatusLine, in head: UnsafeRawBufferPointer) -> String? {
        let reason = status.reason.text(in: head)
        if status.code == 200, reason.elementsEqual("OK".utf8) { return nil }
        let text = String(decoding: reason, as: UTF8.self)
        return text == HTTPResponseStatus(statusCode: Int(status.code)).reasonPhrase ? nil : text
    }

    private func forward(_ bytes: ByteBuffer) {
        let isChunked = exchange?.answerIsChunked == true
        workspace.prepareOutgoing()
        if isChunked { workspace.outgoing.writeString("\(String(bytes.readableBytes, radix: 16))\r\n") }
        if bytes.readableBytes <= ProxyWorkspace.worthCopying {
            workspace.outgoing.writeImmutableBuffer(bytes)
        } else {
            writeOutgoing()
            context?.write(wrapOutboundOut(bytes), promise: nil)
            workspace.prepareOutgoing()
        }
        if isChunked { workspace.outgoing.writeStaticString("\r\n") }
    }

    private func endAnswer() {
        guard let exchange, let answer = exchange.answer else { return }
        workspace.prepareOutgoing()
        if exchange.answerIsChunked {
            workspace.outgoing.writeStaticString("0\r\n")
            workspace.outgoing.writeBuffer(&answerTrailers)
            workspace.outgoing.writeStaticString("\r\n")
        }
        answerTrailers = ByteBuffer()
        recordAnswer(answer)
        request.shrink()
        // Before the flush, which may bring the next request at once.
        let stays = exchange.keepAlive && exchange.requestEnded
        phase = stays ? .awaitingHead : .closing
        // Bytes after the answer are unsolicited. After an answer to a partial request the destination would wait for the rest.
        if !stays || answerInput.readableBytes > 0 { dropDestination() }
        if stays {
            lastDeadline = .distantFuture
            expect(within: shared.limits.headTime)
        }
        writeOutgoing()
        context?.flush()
        guard stays else { return closeGently() }
        guard phase == .awaitingHead else { return }
        setReading(true)
        guard input.readableBytes > 0 else { return }
        readInput()
        flushDestination()
    }

    private func writeOutgoing() {
        guard workspace.outgoing.readableBytes > 0 else { return }
        context?.write(wrapOutboundOut(workspace.outgoing), promise: nil)
        if workspace.outgoing.capacity > ProxyWorkspace.largestKept { workspace.outgoing = ByteBuffer() }
        workspace.outgoing.moveReaderIndex(to: workspace.outgoing.writerIndex)
    }
}
