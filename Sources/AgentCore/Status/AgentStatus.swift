public import JSON

/// The whole of `status.json`, in the schema of Azure's own agent.
public struct AgentStatus: Hashable, Sendable {
    public var monitor = ModuleStatus(.running, "Proxy agent status is running.")
    public var keyLatch = ModuleStatus(
        states: [
            .init("secureChannelState", .string("Unknown")), .init("wireServerRuleId", .string("")),
            .init("imdsRuleId", .string("")), .init("hostGARuleId", .string("")),
        ])
    public var redirector = ModuleStatus()
    public var listener = ModuleStatus()
    public var telemetry = ModuleStatus(.stopped, "Telemetry is not implemented in this version of the agent.")
    /// HTTP requests seen since the start.
    public var requests: UInt64 = 0
    public var connections: [ConnectionSummary] = []
    public var refusals: [ConnectionSummary] = []

    public init() {}

    /// SUCCESS only if key, redirection and listener are all RUNNING.
    public var isSuccess: Bool {
        [keyLatch, redirector, listener].allSatisfy { $0.state == .running }
    }

    public func json(at time: WallClock) -> JSONValue {
        .object([
            .init("timestamp", .string(time.timestamp)),
            .init(
                "proxyAgentStatus",
                .object([
                    .init("version", .string(AgentVersion.current)),
                    .init("status", .string(isSuccess ? "SUCCESS" : "ERROR")),
                    .init("monitorStatus", monitor.json),
                    .init("keyLatchStatus", keyLatch.json),
                    .init("ebpfProgramStatus", redirector.json),
                    .init("proxyListenerStatus", listener.json),
                    .init("telemetryLoggerStatus", telemetry.json),
                    .init("proxyConnectionsCount", .integer(Int(clamping: requests))),
                ])),
            .init("proxyConnectionSummary", .array(connections.map(\.json))),
            .init("failedAuthenticateSummary", .array(refusals.map(\.json))),
        ])
    }
}
