/// The kernel's record of one redirected connection.
public struct AuditEntry: Hashable, Sendable {
    /// The destination that the client connected to.
    public let destination: Endpoint
    public let processID: UInt32
    /// The user id in the initial user namespace.
    public let userID: UInt32
    public let isRoot: Bool

    public init(destination: Endpoint, processID: UInt32, userID: UInt32, isRoot: Bool) {
        self.destination = destination
        self.processID = processID
        self.userID = userID
        self.isRoot = isRoot
    }
}

/// Provides the audit entries. Called from the proxy's event loops.
public protocol AuditSource: Sendable {
    /// Removes and returns the entry of the connection from this source; nil if there is none.
    func consume(source: Endpoint) -> AuditEntry?
    /// Corrects the count of missing entries after a connection to the agent itself, which has none.
    func excuseMissing()
}

extension AuditSource {
    public func excuseMissing() {}
}
