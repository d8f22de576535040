internal import NIOCore
internal import NIOHTTP1

/// The proxy's own answers, the records of all answers, and timeouts.
extension ProxyConnectionHandler {
    /// Ends a request that is under way.
    func giveUp(_ status: HTTPResponseStatus) {
        guard phase == .exchanging, let exchange else { return }
        guard let answer = exchange.answer else { return refuse(status, hasText: exchange.method != .head) }
        // A partial answer must not look complete.
        let text = answerText(answer)
        shared.ledger.record(caller: caller?.claims, destination: caller?.destination, responseStatus: text, outcome: .answered)
        note("\(text), broken off")
        phase = .closing
        dropDestination()
        context?.close(promise: nil)
    }

    func refuse(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome = .answered, hasText: Bool = false) {
        let text = hasText ? RequestCheck.text(status) : ""
        var headers = "Connection: close\r\nContent-Length: \(text.utf8.count)\r\n"
        if !text.isEmpty { headers += "Content-Type: text/plain\r\n" }
        if status == .methodNotAllowed { headers += "Allow: \(RequestMethod.served)\r\n" }
        end(status, outcome, headers, text)
    }

    func answer(_ answer: LocalAnswer, isHead: Bool) {
        let headers = "Content-Type: application/json; charset=utf-8\r\nContent-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n"
        end(answer.status, .answered, headers, isHead ? "" : answer.body)
    }

    private func end(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome, _ headers: String, _ text: String) {
        guard let context, context.channel.isActive else { return }
        record(status, outcome)
        phase = .closing
        dropDestination()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 \(Self.text(status))\r\n\(headers)\r\n\(text)")), promise: nil)
        closeGently()
    }

    /// Sends the rest and then waits for the client to close. Closing with unread bytes would reset the connection and could lose the answer.
    func closeGently() {
        guard let context else { return }
        setReading(true)
        now = .now()
        lastDeadline = .distantFuture
        // A slow client has time to receive what is still to be sent, and then a moment to close.
        expect(within: shared.limits.stallTime)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.now = .now()
            self.expect(within: .seconds(2))
        }
        context.close(mode: .output, promise: sent)
    }

    // MARK: The record

    /// - Parameter isRequest: False for input that is not a request.
    func startCall(isRequest: Bool) {
        shared.ledger.countRequest()
        requests += 1
        callBegan = isRequest ? now : nil
    }

    func record(_ status: HTTPResponseStatus, _ outcome: RequestLedger.Outcome) {
        shared.ledger.record(caller: caller?.claims, destination: caller?.destination, responseStatus: Self.text(status), outcome: outcome)
        note(outcome == .audited ? "would be \(Self.text(status))" : Self.text(status), isServed: outcome == .answered && status.code < 400)
    }

    /// Records an answer of the destination.
    func recordAnswer(_ status: UInt16) {
        if tally.status != status || ownReason != nil { tally = (status, nil) }
        shared.ledger.recordAnswer((caller?.claims, caller?.destination, answerText(status)), tally: &tally.tally)
        if ownReason != nil { tally.tally = nil }
        note(answerText(status), isServed: status < 400)
    }

    func note(_ outcome: @autoclosure () -> String, isServed: Bool = false) {
        guard shared.connectionLog.records(isServed: isServed) else { return }
        shared.connectionLog.log(
            ConnectionLog.Entry(
                connection: number, request: requests, call: callBegan.map { _ in (request.methodText, request.targetText) }, caller: caller?.claims,
                destination: caller?.destination, outcome: outcome(), isServed: isServed,
                elapsed: callBegan.map { Int((NIODeadline.now() - $0).nanoseconds / 1_000_000) } ?? 0))
    }

    private func answerText(_ status: UInt16) -> String {
        ownReason.map { "\(status) \($0)" } ?? Self.text(HTTPResponseStatus(statusCode: Int(status)))
    }

    private static func text(_ status: HTTPResponseStatus) -> String { "\(status.code) \(status.reasonPhrase)" }

    // MARK: Time

    func expect(within time: TimeAmount) {
        deadline = min(now + time, lastDeadline)
        // A timer that fires early checks the deadline again, so it rarely has to be replaced.
        if let timer, timer.due <= deadline { return }
        timer?.task.cancel()
        timer = nil
        schedule()
    }

    /// During a request any progress extends the deadline. A head must be complete before its deadline.
    func progress() {
        if phase == .exchanging { deadline = min(now + shared.limits.stallTime, lastDeadline) }
    }

    private func schedule() {
        guard let context, context.channel.isActive else { return }
        let due = deadline
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.timer = nil
            self.now = .now()
            if self.deadline > self.now { self.schedule() } else { self.timeIsUp() }
        }
        timer = (task, due)
    }

    private func timeIsUp() {
        switch phase {
        case .exchanging: giveUp(exchange?.requestEnded == true ? .gatewayTimeout : .requestTimeout)
        case .awaitingHead, .closing: context?.close(promise: nil)
        }
    }
}
