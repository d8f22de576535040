public import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Accepts the connections that the kernel redirects from the platform.
public final class ProxyServer: Sendable {
    private let limits: ProxyLimits
    private let context: ProxyContext
    private let admission: Admission

    public init(
        audit: any AuditSource, ledger: RequestLedger, log: AgentLog, limits: ProxyLimits = ProxyLimits(), keys: CurrentKey = CurrentKey(),
        clock: HostClock = HostClock(), authoriser: any Authoriser = BaselineAuthoriser(), locals: [String: any LocalEndpoint] = [:],
        connectionLog: ConnectionLog = ConnectionLog(folder: nil), parts: ProxyParts = ProxyParts(),
        serviceOf: @escaping @Sendable (Endpoint) -> PlatformService? = { PlatformService($0) }
    ) {
        self.limits = limits
        admission = Admission(limits)
        context = ProxyContext(
            audit: audit, ledger: ledger, log: log, limits: limits, keys: keys, clock: clock, authoriser: authoriser, locals: locals,
            connectionLog: connectionLog, parts: parts, serviceOf: serviceOf)
    }

    /// - Parameter port: 0 for any free one.
    public func bind(address: Endpoint.Address, port: UInt16, group: any EventLoopGroup) -> EventLoopFuture<any Channel> {
        let target: SocketAddress
        do { target = try Endpoint(address: address, port: port).socketAddress() } catch {
            return group.any().makeFailedFuture(error)
        }
        let workspaces = ProxyWorkspace.Set(group)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in self.admit(channel, workspaces) }
            .bind(to: target)
    }

    private func admit(_ channel: any Channel, _ workspaces: ProxyWorkspace.Set) -> EventLoopFuture<Void> {
        // Also for a rejected connection: its entry must not be used for a later connection from the same port.
        let entry = channel.remoteAddress.flatMap(Endpoint.init).flatMap(context.audit.consume)
        switch admission.enter(isRoot: entry?.isRoot ?? false) {
        case .admitted: channel.closeFuture.whenComplete { _ in self.admission.leave() }
        case .refused(let isFirst):
            if isFirst { context.log.log(.warn, "Refusing connections: \(limits.connections) may be open at once") }
            return channel.close()
        }
        return channel.eventLoop.makeCompletedFuture {
            let workspace = workspaces.workspace(of: channel.eventLoop)
            try channel.pipeline.syncOperations.addHandler(ProxyConnectionHandler(context: context, workspace: workspace, entry: entry))
        }
    }
}
