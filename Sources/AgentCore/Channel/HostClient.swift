public import NIOCore
public import NIOHTTP1
public import NIOPosix
internal import Synchronization

/// The agent's own calls to the platform, each over a new connection. Blocks the caller, which must not be an event loop.
public final class HostClient: Sendable {
    public struct Answer: Sendable {
        public let status: HTTPResponseStatus
        public let headers: HTTPHeaders
        public let body: [UInt8]
    }

    /// Why there is no answer, in the wording of Azure's own agent.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case connection(Endpoint, String)
        case exchange(url: String, String)
        case status(url: String, HTTPResponseStatus)
        case cancelled

        public var description: String {
            switch self {
            case .connection(let endpoint, let reason): "Failed to establish connection to \(endpoint): \(reason)"
            case .exchange(let url, let reason): "Failed to send request to \(url): \(reason)"
            case .status(let url, let status):
                "Failed to get response from \(url), status code: \(status.code) \(status.reasonPhrase)"
            case .cancelled: "the agent stops"
            }
        }
    }

    /// The limit of an answer's body, in bytes.
    static let largestBody = 1 << 20

    private struct State {
        var isCancelled = false
        var channel: (any Channel)?
    }

    private let group: MultiThreadedEventLoopGroup
    private let endpoint: Endpoint
    /// The address to connect to, if it differs from the endpoint's.
    private let place: SocketAddress?
    private let clock: HostClock
    private let connectTime: TimeAmount
    private let answerTime: TimeAmount
    private let state = Mutex(State())

    public init(
        group: MultiThreadedEventLoopGroup, endpoint: Endpoint = .wireServer, at place: SocketAddress? = nil, clock: HostClock,
        connectTime: TimeAmount = .seconds(5),
        answerTime: TimeAmount = .seconds(10)
    ) {
        self.group = group
        self.endpoint = endpoint
        self.place = place
        self.clock = clock
        self.connectTime = connectTime
        self.answerTime = answerTime
    }

    public func url(_ path: String) -> String { "http://\(endpoint.address):\(endpoint.port)\(path)" }

    /// - Parameters:
    ///   - extra: Headers in addition to those of every call.
    ///   - key: The key to sign with; nil for none.
    public func send(
        _ method: HTTPMethod, _ path: String, adding extra: HTTPHeaders = [:], body: [UInt8] = [], key: LatchedKey? = nil
    ) throws(Failure) -> Answer {
        var headers: HTTPHeaders = [
            "host": "\(endpoint.address)", "metadata": "True", ForwardingHeaders.claims: "{ \"isRoot\": \"true\"}",
            ForwardingHeaders.date: clock.now.httpDate, "content-length": "\(body.count)",
        ]
        if !body.isEmpty { headers.add(name: "content-type", value: "application/json") }
        headers.add(contentsOf: extra)
        if let key {
            let signature = RequestSigner.authorization(method: method, target: path, headers: headers, body: body, key: key)
            headers.add(name: ForwardingHeaders.authorization, value: signature)
        }
        return try exchange(HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers), body)
    }

    /// Cancels the current call, and rejects further ones.
    public func cancel() {
        let channel = state.withLock { state in
            state.isCancelled = true
            return state.channel
        }
        channel?.close(promise: nil)
    }

    private func exchange(_ head: HTTPRequestHead, _ body: [UInt8]) throws(Failure) -> Answer {
        guard !state.withLock({ $0.isCancelled }) else { throw .cancelled }
        let loop = group.next()
        let promise = loop.makePromise(of: Answer.self)
        let channel: any Channel
        do {
            channel = try ClientBootstrap(group: loop).connectTimeout(connectTime)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        var encoder = HTTPRequestEncoder.Configuration()
                        encoder.automaticallySetFramingHeaders = false
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHTTPClientHandlers(
                            leftOverBytesStrategy: .dropBytes, enableOutboundHeaderValidation: true, encoderConfiguration: encoder)
                        try pipeline.addHandler(HostAnswerCollector(promise))
                    }
                }
                .connect(to: try place ?? endpoint.socketAddress()).wait()
        } catch {
            promise.fail(error)
            throw .connection(endpoint, "\(error)")
        }
        let isCancelled = state.withLock { state in
            state.channel = channel
            return state.isCancelled
        }
        if isCancelled { channel.close(promise: nil) }
        defer {
            channel.close(promise: nil)
            state.withLock { $0.channel = nil }
        }
        let deadline = loop.scheduleTask(in: answerTime) {
            promise.fail(HostAnswerCollector.Failure("no whole answer within \(self.answerTime.nanoseconds / 1_000_000_000) s"))
        }
        defer { deadline.cancel() }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !body.isEmpty { channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil) }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        do {
            return try promise.futureResult.wait()
        } catch {
            if state.withLock({ $0.isCancelled }) { throw .cancelled }
            throw .exchange(url: url(head.uri), "\(error)")
        }
    }
}

/// Collects one answer within the limits.
final class HostAnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    struct Failure: Error, Hashable, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private let promise: EventLoopPromise<HostClient.Answer>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<HostClient.Answer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where (100..<200).contains(head.status.code): break
        case .head(let head): self.head = head
        case .body(let part):
            body.append(contentsOf: part.readableBytesView)
            if body.count > HostClient.largestBody { end(context, Failure("the answer is longer than \(HostClient.largestBody) bytes")) }
        case .end:
            guard let head else { return end(context, Failure("an answer without a head")) }
            promise.succeed(HostClient.Answer(status: head.status, headers: head.headers, body: body))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(Failure("the connection was closed before the answer was whole"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context, error) }

    private func end(_ context: ChannelHandlerContext, _ error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
