/// A log that an agent keeps, and the piece of evidence it is sent as.
public struct AgentLogFile: Hashable, Sendable {
    public let item: EvidenceItem
    /// An absolute path.
    public let path: String

    public init(item: EvidenceItem, path: String) {
        self.item = item
        self.path = path
    }

    /// Where upstream's layout has them.
    public static let standard = [
        AgentLogFile(item: .agentLog, path: "/var/log/azure-proxy-agent/ProxyAgent.log"),
        AgentLogFile(item: .verifierLog, path: "/var/log/azure-proxy-agent/verifier.log"),
        AgentLogFile(item: .connectionLog, path: "/var/log/azure-proxy-agent/ProxyAgent.Connection.log"),
    ]
}
