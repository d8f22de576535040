internal import NIOCore
internal import NIOHTTP1

/// Answers of the proxy's own, what is kept of all of them, and time.
extension ProxyConnectionHandler {
    /// Ends a request that is under way.
    func giveUp(_ status: HTTPResponseStatus) {
        guard case .exchanging(let exchange) = phase else { return }
        guard let answer = exchange.answer else { return refuse(status, hasText: exchange.head.method != .HEAD) }
        // Half an answer must not look like a whole one.
        shared.ledger.record(caller: caller?.claims, destination: caller?.entry.destination, responseStatus: Self.text(answer), outcome: .answered)
        note("\(Self.text(answer)), broken off")
        phase = .closing
        dropDestination()
        context?.close(promise: nil)
    }

    func refuse(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome = .answered, hasText: Bool = false) {
        let text = hasText ? RequestCheck.text(status) : ""
        var headers: HTTPHeaders = ["Connection": "close", "Content-Length": "\(text.utf8.count)"]
        if !text.isEmpty { headers.add(name: "Content-Type", value: "text/plain") }
        if status == .methodNotAllowed { headers.add(name: "Allow", value: RequestCheck.methods.map(\.rawValue).joined(separator: ", ")) }
        end(status, outcome, headers, text)
    }

    func answer(_ answer: LocalAnswer) {
        let headers: HTTPHeaders = [
            "Content-Type": "application/json; charset=utf-8", "Content-Length": "\(answer.body.utf8.count)", "Connection": "close",
        ]
        let isHead = call?.method == .HEAD
        end(answer.status, .answered, headers, isHead ? "" : answer.body)
    }

    private func end(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome, _ headers: HTTPHeaders, _ text: String) {
        guard let context, context.channel.isActive else { return }
        record(status, outcome)
        phase = .closing
        dropDestination()
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if !text.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        closeGently()
    }

    /// Closing with unread bytes would reset the connection, and the client might lose the answer.
    func closeGently() {
        guard let context else { return }
        setReading(context.channel, true)
        lastDeadline = .distantFuture
        // A slow client may take its time for what is still to be sent, and then has a moment to close.
        expect(within: shared.limits.stallTime)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.expect(within: .seconds(2)) }
        context.close(mode: .output, promise: sent)
    }

    // MARK: The record

    /// - Parameter head: Nil for what could not be read as one.
    func startCall(_ head: HTTPRequestHead?) {
        shared.ledger.countRequest()
        requests += 1
        call = head.map { ($0.method, $0.uri, .now) }
    }

    func record(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome) {
        shared.ledger.record(
            caller: caller?.claims, destination: caller?.entry.destination, responseStatus: Self.text(status), outcome: outcome)
        note(outcome == .audited ? "would be \(Self.text(status))" : Self.text(status), isServed: outcome == .answered && status.code < 400)
    }

    func note(_ outcome: String, isServed: Bool = false) {
        shared.connectionLog.log(
            ConnectionLog.Entry(
                connection: number, request: requests, call: call.map { ($0.method.rawValue, $0.target) }, caller: caller?.claims,
                destination: caller?.entry.destination, outcome: outcome, isServed: isServed, elapsed: call.map { .now - $0.began } ?? 0))
    }

    private static func text(_ status: HTTPResponseStatus) -> String { "\(status.code) \(status.reasonPhrase)" }

    // MARK: Time

    func expect(within time: TimeAmount) {
        deadline = min(.now() + time, lastDeadline)
        // A timer that goes off early looks at the deadline again, so most of them need not be set anew.
        if let timer, timer.due <= deadline { return }
        timer?.task.cancel()
        timer = nil
        schedule()
    }

    /// Within a request every sign of life counts; a head must be whole in time.
    func progress() {
        if case .exchanging = phase { deadline = min(.now() + shared.limits.stallTime, lastDeadline) }
    }

    private func schedule() {
        guard let context, context.channel.isActive else { return }
        let due = deadline
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.timer = nil
            if self.deadline > .now() { self.schedule() } else { self.timeIsUp() }
        }
        timer = (task, due)
    }

    private func timeIsUp() {
        switch phase {
        case .exchanging(let exchange): giveUp(exchange.requestEnded ? .gatewayTimeout : .requestTimeout)
        case .awaitingHead, .closing: context?.close(promise: nil)
        }
    }
}
