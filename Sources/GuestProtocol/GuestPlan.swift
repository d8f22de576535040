public import MatrixModel

/// What the host asks of a guest that said hello.
public struct GuestPlan: Hashable, Sendable {
    public enum Mode: UInt8, Hashable, Sendable {
        /// Carry out the steps, send evidence, power off.
        case matrix = 1
        /// Start the agent and give the console to a person; power off when the shell ends.
        case shell = 2
        /// Say farewell at once.
        case nothing = 3
        /// Bring the distribution up and say farewell once it has booted: the floor that benchmarks compare with.
        case bareBoot = 4
        /// Bring the distribution up, say hello once more when it has booted, and wait for another plan: what a snapshot is made of.
        case standBy = 5
    }

    public let mode: Mode
    public let userland: Userland
    public let layout: CgroupLayout
    /// The agent's path inside the payload, as `usr/sbin/azure-proxy-agent`.
    public let agentPath: String
    public let agentArguments: [String]
    /// What happens once the guest is set up, in this order.
    public let steps: [GuestStep]
    /// Whether an agent has settled only when it reports success; else also when it reports that it runs without a key.
    public let awaitsSuccess: Bool
    /// How long the agent has until its status settles, in milliseconds of the guest's clock.
    public let agentDeadline: UInt32
    /// Words in logs that end the waiting for the agent's status.
    public let settlingWords: [SettlingWords]
    /// The logs to send once the steps are done.
    public let logs: [AgentLogFile]
    /// How long one client request or command may take, in milliseconds.
    public let clientDeadline: UInt32
    /// How long one request of a burst may take, in milliseconds.
    public let burstDeadline: UInt32

    public init(
        mode: Mode = .matrix, userland: Userland = .micro, layout: CgroupLayout, agentPath: String, agentArguments: [String] = [], steps: [GuestStep] = [],
        awaitsSuccess: Bool = true, agentDeadline: UInt32 = 20_000, settlingWords: [SettlingWords] = [], logs: [AgentLogFile] = AgentLogFile.standard,
        clientDeadline: UInt32 = 5_000, burstDeadline: UInt32? = nil
    ) {
        self.mode = mode
        self.userland = userland
        self.layout = layout
        self.agentPath = agentPath
        self.agentArguments = agentArguments
        self.steps = steps
        self.awaitsSuccess = awaitsSuccess
        self.agentDeadline = agentDeadline
        self.settlingWords = settlingWords
        self.logs = logs
        self.clientDeadline = clientDeadline
        self.burstDeadline = burstDeadline ?? clientDeadline
    }

    /// Every client of every step, a burst's members each for itself.
    public var clients: [ClientSpec] { steps.flatMap(\.clients) }
}
