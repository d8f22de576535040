internal import Synchronization
public import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Accepts the connections the kernel sends here instead of to the platform.
public final class ProxyServer: Sendable {
    private let limits: ProxyLimits
    private let context: ProxyContext
    private let open = Mutex(0)

    public init(
        audit: any AuditSource, ledger: RequestLedger, log: AgentLog, limits: ProxyLimits = ProxyLimits(), keys: KeyBoard = KeyBoard(),
        clock: HostClock = HostClock(), authoriser: any Authoriser = BaselineAuthoriser(), locals: [String: any LocalEndpoint] = [:],
        connectionLog: ConnectionLog = ConnectionLog(folder: nil),
        serviceOf: @escaping @Sendable (Endpoint) -> PlatformService? = { PlatformService($0) }
    ) {
        self.limits = limits
        context = ProxyContext(
            audit: audit, ledger: ledger, log: log, limits: limits, keys: keys, clock: clock, authoriser: authoriser, locals: locals,
            connectionLog: connectionLog, serviceOf: serviceOf)
    }

    /// - Parameter port: 0 for any free one.
    public func bind(address: Endpoint.Address, port: UInt16, group: any EventLoopGroup) -> EventLoopFuture<any Channel> {
        let target: SocketAddress
        do { target = try Endpoint(address: address, port: port).socketAddress() } catch {
            return group.any().makeFailedFuture(error)
        }
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in self.admit(channel) }
            .bind(to: target)
    }

    private func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
        let isAdmitted = open.withLock { open in
            guard open < limits.connections else { return false }
            open += 1
            return true
        }
        guard isAdmitted else {
            context.log.log(.warn, "Refused a connection: \(limits.connections) are open already")
            return channel.close()
        }
        channel.closeFuture.whenComplete { _ in self.open.withLock { $0 -= 1 } }
        return channel.eventLoop.makeCompletedFuture {
            var encoder = HTTPResponseEncoder.Configuration()
            encoder.automaticallySetFramingHeaders = false
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldCount = limits.headerFields
            decoder.maxHeaderFieldSize = limits.headerBytes
            decoder.maxHeaderListSize = limits.headerBytes
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: true,
                withEncoderConfiguration: encoder, withDecoderLimitConfiguration: decoder)
            try pipeline.addHandler(ProxyConnectionHandler(context: context))
        }
    }
}

/// What all connections share.
struct ProxyContext: Sendable {
    let audit: any AuditSource
    let ledger: RequestLedger
    let log: AgentLog
    let limits: ProxyLimits
    let keys: KeyBoard
    let clock: HostClock
    let authoriser: any Authoriser
    let users = UserDatabase()
    /// By path.
    let locals: [String: any LocalEndpoint]
    let connectionLog: ConnectionLog
    let serviceOf: @Sendable (Endpoint) -> PlatformService?
}
