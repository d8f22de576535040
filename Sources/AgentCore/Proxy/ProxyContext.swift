internal import NIOCore
internal import NIOHTTP1

/// What all connections share.
final class ProxyContext: Sendable {
    let audit: any AuditSource
    let ledger: RequestLedger
    let log: AgentLog
    let limits: ProxyLimits
    let keys: CurrentKey
    let clock: HostClock
    let authoriser: any Authoriser
    let users = UserDatabase()
    let connectionLog: ConnectionLog
    let parts: ProxyParts
    let serviceOf: @Sendable (Endpoint) -> PlatformService?
    private let locals: [(path: [UInt8], endpoint: any LocalEndpoint)]

    init(
        audit: any AuditSource, ledger: RequestLedger, log: AgentLog, limits: ProxyLimits, keys: CurrentKey, clock: HostClock, authoriser: any Authoriser,
        locals: [String: any LocalEndpoint], connectionLog: ConnectionLog, parts: ProxyParts, serviceOf: @escaping @Sendable (Endpoint) -> PlatformService?
    ) {
        self.audit = audit
        self.ledger = ledger
        self.log = log
        self.limits = limits
        self.keys = keys
        self.clock = clock
        self.authoriser = authoriser
        self.locals = locals.map { (Array($0.key.utf8), $0.value) }
        self.connectionLog = connectionLog
        self.parts = parts
        self.serviceOf = serviceOf
    }

    /// The agent's own endpoint for a path; nil for the platform's paths.
    func local(for request: OutgoingRequest) -> (any LocalEndpoint)? {
        request.withTarget { target in
            let path = target.prefix { $0 != UInt8(ascii: "?") }
            return locals.first { path.elementsEqual($0.path) }?.endpoint
        }
    }
}

extension OutgoingRequest {
    /// The head in the form for the agent's own endpoints.
    var head: HTTPRequestHead {
        let headers = bytes.withUnsafeReadableBytes { head in
            HTTPHeaders(fields.map { (String(decoding: $0.name.text(in: head), as: UTF8.self), String(decoding: $0.value.text(in: head), as: UTF8.self)) })
        }
        return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: methodText), uri: targetText, headers: headers)
    }
}
