internal import NIOCore
internal import NIOHTTP1

/// From the client to the destination.
extension ProxyConnectionHandler {
    /// Processes the received bytes as far as possible.
    func readInput() {
        while true {
            switch phase {
            case .closing: return input.clear()
            case .awaitingHead:
                guard input.readableBytes > 0 else { return }
                switch input.withUnsafeReadableBytes({ reader.read($0) }) {
                case .incomplete: return
                case .malformed: refuseHead(.badRequest)
                case .tooLarge: refuseHead(.requestHeaderFieldsTooLarge)
                case .complete(let length): takeHead(length)
                }
            case .exchanging:
                if exchange?.requestEnded != false {
                    // The next request waits for the current answer.
                    if input.readableBytes > 0 { setReading(false) }
                    return
                }
                guard readBody() else { return }
            }
        }
    }

    private func refuseHead(_ status: HTTPResponseStatus) {
        startCall(isRequest: false)
        refuse(status)
    }

    private func takeHead(_ length: Int) {
        guard case .request(let line) = reader.start else { return refuseHead(.badRequest) }
        input.withUnsafeReadableBytes { request.begin(line, reader.fields, of: UnsafeRawBufferPointer(rebasing: $0.prefix(length))) }
        let facts = reader.facts
        reader.reset()
        input.moveReaderIndex(forwardBy: length)
        startCall(isRequest: true)
        begin(line, facts)
    }

    private func begin(_ line: RequestLine, _ facts: HeadFacts) {
        let (check, refusal) = request.withTarget { target in
            let check = RequestCheck(line, facts, target: target)
            return (check, check.refusal(target: target, shared.limits))
        }
        if let refusal { return refuse(refusal, hasText: line.method != .head) }
        if let local = shared.local(for: request) {
            // Called once, because the answer ends the connection.
            if caller == nil { shared.audit.excuseMissing() }
            return answer(local.answer(request.head, caller: caller?.claims), isHead: line.method == .head)
        }
        guard let caller else { return refuse(.misdirectedRequest, .refused) }
        guard let service = caller.service else { return refuse(.forbidden, .refused) }
        let isExempt = check.isExemptCall && caller.claims.isRoot
        if !isExempt {
            switch shared.authoriser.decision(service: service, target: request.targetText, caller: caller.claims) {
            case .allow: break
            // Forwarded, but recorded.
            case .audit: record(.forbidden, .audited)
            case .deny: return refuse(.forbidden, .refused)
            }
        }
        var exchange = ProxyExchange(line, facts, isExempt: isExempt, isHeld: !isExempt && shared.keys.current != nil)
        // The request looks like an exempt call, but comes from a caller that may not make it.
        guard check.bodyLength <= exchange.largestBody(shared.limits) else { return refuse(.payloadTooLarge, hasText: true) }
        if case .connected = destination { exchange.isOnKeptConnection = true }
        phase = .exchanging
        self.exchange = exchange
        lastDeadline = now + shared.limits.requestTime
        expect(within: shared.limits.stallTime)
        // Some clients wait for this before they send the body, and the proxy needs the body before it connects to the destination.
        if facts.expectsContinue, !line.isHTTP10 { context?.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil) }
        if !exchange.isHeld { sendHead(caller, signing: nil) }
    }

    /// - Returns: Whether more can be read.
    private func readBody() -> Bool {
        var trailers = ByteBuffer()
        guard let step = exchange?.body.next(&input, trailers: &trailers) else { return false }
        switch step {
        case .incomplete: return false
        case .malformed: giveUp(.badRequest)
        case .part(let bytes): continueRequest(bytes)
        // Trailers are dropped: no signature covers them, and they could contain headers that only the agent may send.
        case .end: endRequest()
        }
        return true
    }

    private func continueRequest(_ bytes: ByteBuffer) {
        guard let exchange else { return }
        let count = exchange.bodyBytes + bytes.readableBytes
        self.exchange?.bodyBytes = count
        guard count <= exchange.largestBody(shared.limits) else { return giveUp(.payloadTooLarge) }
        if exchange.isHeld {
            held.writeImmutableBuffer(bytes)
            progress()
        } else if exchange.isChunked {
            send(ByteBuffer(string: "\(String(bytes.readableBytes, radix: 16))\r\n"))
            send(bytes)
            send(ByteBuffer(string: "\r\n"))
        } else {
            send(bytes)
        }
    }

    private func endRequest() {
        exchange?.requestEnded = true
        guard let exchange, let caller else { return }
        // Without a key, which the platform may have released in the meantime, the request is sent unsigned. The platform decides.
        if exchange.isHeld { sendHead(caller, signing: shared.keys.current.flatMap(shared.parts.signingKey)) }
        if exchange.isChunked, !exchange.isHeld { send(ByteBuffer(string: "0\r\n\r\n")) }
    }

    /// Sends the head, and the body if it was held back. The whole request is signed, so it is sent when it is complete.
    private func sendHead(_ caller: ProxyCaller, signing key: LatchedKey?) {
        request.end(claims: caller.header, date: shared.clock.httpDate, signing: key, body: held, &workspace.signing)
        guard let exchange, exchange.isHeld else { return send(request.bytes) }
        let isChunked = exchange.isChunked
        if held.readableBytes > 0 {
            if isChunked { request.append("\(String(held.readableBytes, radix: 16))\r\n") }
            request.append(held)
            if isChunked { request.append("\r\n") }
        }
        if isChunked { request.append("0\r\n\r\n") }
        held = ByteBuffer()
        send(request.bytes)
    }

    /// Sends the same request again, on a new connection.
    func repeatRequest() {
        exchange?.isOnKeptConnection = false
        send(request.bytes)
    }

    private func send(_ bytes: ByteBuffer) {
        progress()
        switch destination {
        case .connected(let handler): handler.write(bytes)
        case .connecting(let parts): destination = .connecting(parts + [bytes])
        case .none:
            guard let context, let caller else { return }
            destination = .connecting([bytes])
            // Without a connection the rest of the request would have to be buffered. A complete request has no rest.
            if exchange?.requestEnded != true { setReading(false) }
            connect(to: caller.destination, on: context.eventLoop)
        }
    }

    func flushDestination() {
        if case .connected(let handler) = destination { handler.flush() }
    }
}
