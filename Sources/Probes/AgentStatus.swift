import Foundation

/// The parts of a `status.json` that judging rests on, in upstream's schema.
public struct AgentStatus: Hashable, Sendable {
    public struct Module: Hashable, Sendable, Decodable {
        public let status: String
        public let message: String
        public let states: [String: String]?

        public var isRunning: Bool { status == "RUNNING" }
    }

    /// How often one caller got one answer from one destination.
    public struct Connection: Hashable, Sendable, Decodable {
        public let userName: String
        public let processFullPath: String?
        public let responseStatus: String
        public let count: Int
    }

    public let version: String
    public let overall: String
    public let keyLatch: Module
    public let ebpfProgram: Module
    public let proxyListener: Module
    public let connections: [Connection]

    /// Reads a whole `status.json`; nil when it is not JSON or lacks one of the parts.
    public init?(json: [UInt8]) {
        struct Document: Decodable {
            struct Agent: Decodable {
                let version: String
                let status: String
                let keyLatchStatus: Module
                let ebpfProgramStatus: Module
                let proxyListenerStatus: Module
            }
            let proxyAgentStatus: Agent
            let proxyConnectionSummary: [Connection]?
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(json)) else { return nil }
        let agent = document.proxyAgentStatus
        version = agent.version
        overall = agent.status
        keyLatch = agent.keyLatchStatus
        ebpfProgram = agent.ebpfProgramStatus
        proxyListener = agent.proxyListenerStatus
        connections = document.proxyConnectionSummary ?? []
    }
}
