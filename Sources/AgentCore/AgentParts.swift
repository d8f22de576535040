public import JSON
public import SystemPackage

/// The replaceable parts of the agent, chosen once where the agent is put together. The defaults are the agent that is shipped.
public struct AgentParts: Sendable {
    /// Chooses the cgroup to attach to; receives the configured one.
    public var cgroup: @Sendable (FilePath, AgentLog) -> FilePath = { CgroupFolder.choose(configured: $0, log: $1) }
    /// Reads from the platform's answer which services are redirected.
    public var redirected: @Sendable (KeyStatus) -> Set<PlatformService> = { $0.redirected }
    /// Decides whether a new key is requested; receives whether the kernel redirects what it should.
    public var mayLatch: @Sendable (Bool) -> Bool = { $0 }
    /// Chooses who decides on requests; receives the rules in force.
    public var authoriser: @Sendable (CurrentRules) -> any Authoriser = { $0 }
    /// Transforms the status document before it is written or served.
    public var statusDocument: @Sendable (JSONValue) -> JSONValue = { $0 }
    public var proxy = ProxyParts()

    public init() {}
}

/// The replaceable parts of the proxy.
public struct ProxyParts: Sendable {
    /// Identifies the client of a connection from its audit entry.
    public var identify: @Sendable (AuditEntry, UserDatabase) -> CallerClaims = { CallerClaims($0, users: $1) }
    /// Chooses the key that a request is signed with, from the one that the platform issued; nil for a request that goes on unsigned.
    public var signingKey: @Sendable (LatchedKey) -> LatchedKey? = { $0 }
    /// Finds where a destination is reached.
    public var route: @Sendable (Endpoint) -> Endpoint = { $0 }

    public init() {}
}
