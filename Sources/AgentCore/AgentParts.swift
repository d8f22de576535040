public import JSON
public import SystemPackage

/// The replaceable parts of the agent, chosen where the agent is assembled. The defaults are the shipped agent.
public struct AgentParts: Sendable {
    /// Chooses the cgroup to attach to; receives the configured one.
    public var cgroup: @Sendable (FilePath, AgentLog) -> FilePath = { CgroupFolder.choose(configured: $0, log: $1) }
    /// Reads from the platform's answer which services are redirected.
    public var redirected: @Sendable (KeyStatus) -> Set<PlatformService> = { $0.redirected }
    /// Decides whether a new key is requested; receives whether the kernel's redirection is in force.
    public var mayLatch: @Sendable (Bool) -> Bool = { $0 }
    /// Chooses the authoriser of requests; receives the rules in force.
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
    /// Chooses the key that signs a request, from the one that the platform issued; nil to send the request unsigned.
    public var signingKey: @Sendable (LatchedKey) -> LatchedKey? = { $0 }
    /// Maps a destination to the address to connect to.
    public var route: @Sendable (Endpoint) -> Endpoint = { $0 }

    public init() {}
}
