internal import NIOCore
internal import NIOHTTP1

/// From the client to the destination.
extension ProxyConnectionHandler {
    func begin(_ head: HTTPRequestHead) {
        guard case .awaitingHead = phase else { return }
        startCall(head)
        if let refusal = RequestCheck.refusal(of: head, shared.limits) { return refuse(refusal, hasText: head.method != .HEAD) }
        if let local = shared.locals[String(head.uri.prefix { $0 != "?" })] {
            // Once, for the answer ends the connection.
            if caller == nil { shared.audit.excuseMissing() }
            return answer(local.answer(head, caller: caller?.claims))
        }
        guard let caller else { return refuse(.misdirectedRequest, .refused) }
        guard let service = shared.serviceOf(caller.entry.destination) else { return refuse(.forbidden, .refused) }
        var exchange = ProxyExchange(head: head, isExempt: ExemptCall.matches(head) && caller.claims.isRoot)
        if !exchange.isExempt {
            switch shared.authoriser.decision(service: service, target: head.uri, caller: caller.claims) {
            case .allow: break
            // Passes, and is on record all the same.
            case .audit: record(.forbidden, .audited)
            case .deny: return refuse(.forbidden, .refused)
            }
        }
        // Said to be one of the calls that may be large, by somebody who may not make them.
        guard RequestCheck.bodyLength(head) <= exchange.largestBody(shared.limits) else { return refuse(.payloadTooLarge, hasText: true) }
        if case .connected = destination { exchange.isOnKeptConnection = true }
        if shared.keys.current != nil, !exchange.isExempt { exchange.held = ByteBuffer() }
        phase = .exchanging(exchange)
        lastDeadline = .now() + shared.limits.requestTime
        expect(within: shared.limits.stallTime)
        invite(head)
        if exchange.held == nil { send(.head(forwarded(head, caller.claims))) }
    }

    /// Clients that ask before they send a body wait for this word, and the body is wanted before the destination is asked.
    private func invite(_ head: HTTPRequestHead) {
        guard head.version == .http1_1, head.headers.first(name: "expect")?.lowercased() == "100-continue" else { return }
        context?.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    func continueRequest(_ bytes: ByteBuffer) {
        guard case .exchanging(var exchange) = phase else { return }
        exchange.bodyBytes += bytes.readableBytes
        guard exchange.bodyBytes <= exchange.largestBody(shared.limits) else { return giveUp(.payloadTooLarge) }
        let isHeld = exchange.held != nil
        // Else the buffer would be in two places, and copied whole with each part.
        phase = .awaitingHead
        exchange.held?.writeImmutableBuffer(bytes)
        phase = .exchanging(exchange)
        if isHeld { progress() } else { send(.body(.byteBuffer(bytes))) }
    }

    func endRequest() {
        guard case .exchanging(var exchange) = phase else { return }
        exchange.requestEnded = true
        phase = .exchanging(exchange)
        if let body = exchange.held { forwardSigned(exchange.head, body) } else { send(.end(nil)) }
    }

    /// The same request once more, on a connection of its own.
    func repeatRequest(_ exchange: ProxyExchange) {
        guard let caller else { return }
        phase = .exchanging(ProxyExchange(repeating: exchange))
        if let body = exchange.held {
            forwardSigned(exchange.head, body)
        } else {
            send(.head(forwarded(exchange.head, caller.claims)))
            send(.end(nil))
        }
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
        if let key = shared.keys.current, let signature = shared.parts.sign(signed, body, key) {
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
            setReading(context.channel, false)
            connect(to: caller.entry.destination, on: context.eventLoop)
        }
    }
}
