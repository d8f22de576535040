import MatrixModel
import NIOCore
import NIOHTTP1

/// One connection from a guest: reads a request within limits, lets the endpoint answer it, journals both.
final class FabricConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let endpoint: FabricRequest.Endpoint
    private let platform: Platform
    private let journal: FabricJournal
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ endpoint: FabricRequest.Endpoint, _ platform: Platform, _ journal: FabricJournal) {
        self.endpoint = endpoint
        self.platform = platform
        self.journal = journal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            guard let head else { return }
            if body.count + part.readableBytes > FabricLimits.body {
                // The rest of the body is not read: it may never come.
                let reply = Platform.Reply(answer: PlatformAnswer(.payloadTooLarge), signature: .absent, note: "the body is too large")
                answer(head, reply, keepAlive: false, context)
            } else {
                body.append(contentsOf: part.readableBytesView)
            }
        case .end:
            guard let head else { return }
            answer(head, platform.reply(to: request(head), at: endpoint), keepAlive: head.isKeepAlive, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func request(_ head: HTTPRequestHead) -> PlatformRequest {
        PlatformRequest(method: head.method.rawValue, target: head.uri, headers: head.headers, body: body)
    }

    private func answer(_ head: HTTPRequestHead, _ reply: Platform.Reply, keepAlive: Bool, _ context: ChannelHandlerContext) {
        let request = request(head)
        self.head = nil
        body = []
        journal.record { sequence, seconds in request.journalled(endpoint, sequence: sequence, seconds: seconds, reply: reply) }
        guard let answer = reply.answer else { return context.close(promise: nil) }
        let delay = platform.scenario.faults.delay
        guard delay > .zero else { return write(answer, isHead: head.method == .HEAD, keepAlive: keepAlive, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(delay / .milliseconds(1)))) {
            let (connection, context) = bound.value
            guard context.channel.isActive else { return }
            connection.write(answer, isHead: head.method == .HEAD, keepAlive: keepAlive, context)
        }
    }

    private func write(_ answer: PlatformAnswer, isHead: Bool, keepAlive: Bool, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders([
            ("Content-Type", answer.contentType), ("Content-Length", "\(answer.body.utf8.count)"), ("x-ms-azure-host-date", HTTPDate.now()),
            ("Date", HTTPDate.now()), ("Server", "kmatrix-fabric"),
        ])
        if !keepAlive { headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil) }
        let isDone = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: isDone)
        if !keepAlive {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            isDone.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        }
    }
}
