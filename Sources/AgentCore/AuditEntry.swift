/// What the kernel kept of one redirected connection.
public struct AuditEntry: Hashable, Sendable {
    /// Where the client wanted to go.
    public let destination: Endpoint
    public let processID: UInt32
    /// As the initial user namespace sees it.
    public let userID: UInt32
    public let isRoot: Bool

    public init(destination: Endpoint, processID: UInt32, userID: UInt32, isRoot: Bool) {
        self.destination = destination
        self.processID = processID
        self.userID = userID
        self.isRoot = isRoot
    }
}

/// Where the entries are. Called from the proxy's event loops.
public protocol AuditSource: Sendable {
    /// The entry of the connection that comes from this source; it is there once only.
    func consume(source: Endpoint) -> AuditEntry?
    /// A connection without an entry that wanted the agent itself, so that none was due.
    func excuseMissing()
}

extension AuditSource {
    public func excuseMissing() {}
}
