public import GuestProtocol
public import MatrixModel

/// Everything known of one attempt at a cell. A pure value: it can be read back from a folder and judged again.
public struct CellEvidence: Sendable {
    /// One piece of evidence as the guest sent it.
    public struct Item: Hashable, Sendable {
        public var bytes: [UInt8]
        /// The item's size in the guest, in bytes; nil while its end has not been seen.
        public var length: UInt64?
        public var isTruncated: Bool

        public init(bytes: [UInt8] = [], length: UInt64? = nil, isTruncated: Bool = false) {
            self.bytes = bytes
            self.length = length
            self.isTruncated = isTruncated
        }

        public var isWhole: Bool { !isTruncated && length == UInt64(bytes.count) }
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    public struct SetupFailure: Hashable, Sendable {
        /// The step in which the distribution's own tool installs the agent's package.
        public static let installation = "install"

        public let step: String
        public let reason: String

        public init(step: String, reason: String) {
            self.step = step
            self.reason = reason
        }
    }

    public var layout: CgroupLayout
    /// What the scenario demands of an agent that works.
    public var expectation: ScenarioExpectation
    /// How the kernel was hardened; nil for in no way.
    public var profile: BootProfile?
    /// How the machine was deployed; nil for a guest that the harness brought up.
    public var deployment: Deployment?
    public var fate: GuestFate
    /// The kernel that the guest was to boot; nil for evidence that does not say.
    public var askedKernel: AskedKernel?
    public var hello: GuestHello?
    public var startMode = StartMode.cold(reason: nil)
    /// How far the clock of a guest from a snapshot was from the host's once it was set; nil for one that booted.
    public var clockErrorMilliseconds: Int64?
    public var phases: Set<GuestPhase> = []
    /// When each phase was reached, in milliseconds of the guest's own uptime.
    public var uptimes: [GuestPhase: UInt64] = [:]
    /// How many milliseconds passed for the guest in one of the host's; nil when it did not live long enough to tell.
    public var clockRate: Double?
    public var setupFailure: SetupFailure?
    public var agentEnding: ProcessEnding?
    public var items: [EvidenceItem: Item] = [:]
    /// What the plan asked the clients to do, and what they reported.
    public var clients: [ClientSpec] = []
    public var reports: [ClientReport] = []
    /// The platform's journal; nil when it could not be kept.
    public var journal: [FabricRequest]?
    /// The guest's console, from its first byte, as far as it was kept.
    public var console: [UInt8] = []
    /// What of the evidence could not be written or received, in words.
    public var losses: [String] = []

    public var commands: [CommandReport] = []
    public var listings: [FileListing] = []

    public init(layout: CgroupLayout, expectation: ScenarioExpectation, fate: GuestFate) {
        self.layout = layout
        self.expectation = expectation
        self.fate = fate
    }
}
