public import MatrixModel

/// What the host asks of a guest that said hello.
public struct GuestPlan: Hashable, Sendable {
    public enum Mode: UInt8, Hashable, Sendable {
        /// Start the agent, play the clients, send evidence, power off.
        case matrix = 1
        /// Start the agent and give the console to a person; power off when the shell ends.
        case shell = 2
        /// Say farewell at once.
        case nothing = 3
    }

    public let mode: Mode
    public let layout: CgroupLayout
    /// The agent's path inside the payload, as `usr/sbin/azure-proxy-agent`.
    public let agentPath: String
    public let agentArguments: [String]
    public let clients: [ClientSpec]
    /// How long the agent has until its status settles, in milliseconds of the guest's clock.
    public let agentDeadline: UInt32
    /// How long one client request may take, in milliseconds.
    public let clientDeadline: UInt32

    public init(
        mode: Mode = .matrix, layout: CgroupLayout, agentPath: String, agentArguments: [String] = [], clients: [ClientSpec],
        agentDeadline: UInt32 = 20_000, clientDeadline: UInt32 = 5_000
    ) {
        self.mode = mode
        self.layout = layout
        self.agentPath = agentPath
        self.agentArguments = agentArguments
        self.clients = clients
        self.agentDeadline = agentDeadline
        self.clientDeadline = clientDeadline
    }
}

/// One request a client in the guest makes.
public struct ClientSpec: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// `connect` and close, nothing sent.
        case connect = 1
        /// One HTTP/1.1 GET.
        case http = 2
    }

    /// A name the client puts in its request, so that the fabric's journal can be matched: `imds-root-http`.
    public let name: String
    public let kind: Kind
    public let user: UInt32
    /// The four octets of the destination.
    public let address: [UInt8]
    public let port: UInt16
    public let path: String

    public init(name: String, kind: Kind, user: UInt32, address: [UInt8], port: UInt16, path: String) {
        self.name = name
        self.kind = kind
        self.user = user
        self.address = address
        self.port = port
        self.path = path
    }

    /// The header by which a request carries its client's name.
    public static let nameHeader = "x-kmatrix-client"
}
