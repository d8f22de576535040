import AgentCore
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A destination, a proxy that believes every connection was meant for it, and clients that speak in bytes.
struct ProxyFixture {
    /// What the destination answers to what it has received so far; nil to wait for more.
    typealias Script = @Sendable (_ received: String) -> Reply?

    struct Reply {
        var bytes: String
        var closes = false
    }

    let proxy: any Channel
    let origin: OriginRecord
    let ledger: RequestLedger

    /// - Parameter script: Nil for a destination nobody listens on.
    static func with(
        limits: ProxyLimits = ProxyLimits(), audited: Bool = true, userID: UInt32 = 0, service: PlatformService? = .imds, key: LatchedKey? = nil,
        authoriser: any Authoriser = BaselineAuthoriser(), locals: [String: any LocalEndpoint] = [:],
        connectionLog: ConnectionLog = ConnectionLog(folder: nil), script: Script?,
        _ body: (ProxyFixture) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let record = OriginRecord()
        let listening = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OriginHandler(script: script ?? { _ in nil }, record: record))
                }
            }
            .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0)).get()
        // A port nobody listens on is one that is taken all the same: another test could be given a free one.
        let deaf = script == nil ? try BoundSocket() : nil
        defer { deaf?.close() }
        let port = deaf?.port ?? UInt16(listening.localAddress?.port ?? 0)
        let entry = AuditEntry(
            destination: Endpoint(address: .loopback, port: port), processID: 1, userID: userID, isRoot: userID == 0)
        let ledger = RequestLedger()
        let keys = CurrentKey()
        keys.install(key)
        let server = ProxyServer(
            audit: FixedAudit(entry: audited ? entry : nil, record: record), ledger: ledger, log: AgentLog(folder: nil, systemLevel: .error),
            limits: limits, keys: keys, authoriser: authoriser, locals: locals, connectionLog: connectionLog, serviceOf: { _ in service })
        let proxy = try await server.bind(address: .loopback, port: 0, group: group).get()
        do {
            try await body(ProxyFixture(proxy: proxy, origin: record, ledger: ledger))
            try await group.shutdownGracefully()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func connect(halfCloses: Bool = false) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let address = try present(proxy.localAddress)
        return try await ClientBootstrap(group: proxy.eventLoop).connect(to: address) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: halfCloses))
            }
        }
    }

    /// Sends a text, closes the sending half, and returns what comes.
    func talkHalfClosing(_ text: String) async throws -> String {
        try await connect(halfCloses: true).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            outbound.finish()
            var all = ""
            for try await buffer in inbound { all += String(buffer: buffer) }
            return all
        }
    }

    /// Runs `body` while so many connections are open and say nothing.
    func holding(_ count: Int, _ body: () async throws -> Void) async throws {
        let address = try present(proxy.localAddress)
        var channels: [any Channel] = []
        for _ in 0..<count { channels.append(try await ClientBootstrap(group: proxy.eventLoop).connect(to: address).get()) }
        try await body()
        for channel in channels { try await channel.close().get() }
    }

    /// Opens so many connections that say nothing, all of them at once before any is closed.
    /// - Returns: How many of them the proxy had left open.
    func flood(_ count: Int) async throws -> Int {
        let address = try present(proxy.localAddress)
        var channels: [any Channel] = []
        for _ in 0..<count { channels.append(try await ClientBootstrap(group: proxy.eventLoop).connect(to: address).get()) }
        // What was refused is known once its close has come, which is on its way for all of them.
        var open = channels.count(where: \.isActive)
        let deadline = ContinuousClock.now + .seconds(10)
        var last = count + 1
        while open != last, ContinuousClock.now < deadline {
            last = open
            try await Task.sleep(for: .milliseconds(200))
            open = channels.count(where: \.isActive)
        }
        for channel in channels where channel.isActive { try? await channel.close().get() }
        return open
    }

    /// Sends the parts, each after the text received so far satisfies `until` (the last after the last part).
    /// - Parameter pieces: So many parts at first are sent one after another without waiting.
    func talk(_ parts: [String], pieces: Int = 1, until isDone: (String) -> Bool = { _ in false }) async throws -> String {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            var iterator = inbound.makeAsyncIterator()
            var all = ""
            for (number, part) in parts.enumerated() {
                // A proxy that has hung up by now is what some tests wait for.
                do { try await outbound.write(ByteBuffer(string: part)) } catch ChannelError.ioOnClosedChannel { break }
                if number + 1 < pieces { continue }
                var received = ""
                do {
                    while !isDone(received), let buffer = try await iterator.next() { received += String(buffer: buffer) }
                } catch let error as IOError where error.errnoCode == ECONNRESET {
                    // Closing with bytes unread is a reset, after what was sent before it.
                    all += received
                    break
                }
                all += received
            }
            return all
        }
    }

    struct Missing: Error {}
    private func present<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }
}

private struct FixedAudit: AuditSource {
    let entry: AuditEntry?
    let record: OriginRecord

    func consume(source: Endpoint) -> AuditEntry? {
        record.addConsumed(source)
        return entry
    }

    func excuseMissing() { record.addExcused() }
}

/// What the destination saw.
final class OriginRecord: Sendable {
    private let state = Mutex((requests: [String](), connections: 0, consumed: [Endpoint](), excused: 0))
    /// One element for each connection that has ended.
    let endings: AsyncStream<Void>
    private let ended: AsyncStream<Void>.Continuation

    init() { (endings, ended) = AsyncStream.makeStream() }

    var requests: [String] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }
    func add(_ request: String) { state.withLock { $0.requests.append(request) } }
    /// The sources whose entries the proxy took.
    var consumed: [Endpoint] { state.withLock { $0.consumed } }
    func addConsumed(_ source: Endpoint) { state.withLock { $0.consumed.append(source) } }
    /// The connections of which the proxy said that no entry was due.
    var excused: Int { state.withLock { $0.excused } }
    func addExcused() { state.withLock { $0.excused += 1 } }
    func addEnding() { ended.yield() }
    func addConnection() { state.withLock { $0.connections += 1 } }
}

private final class OriginHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ProxyFixture.Script
    private let record: OriginRecord
    private var received = ""

    init(script: @escaping ProxyFixture.Script, record: OriginRecord) {
        self.script = script
        self.record = record
    }

    func channelActive(context: ChannelHandlerContext) { record.addConnection() }

    func channelInactive(context: ChannelHandlerContext) { record.addEnding() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard let reply = script(received) else { return }
        record.add(received)
        received = ""
        let channel = context.channel
        let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply.bytes)))
        if reply.closes { written.whenComplete { _ in channel.close(promise: nil) } }
    }
}
