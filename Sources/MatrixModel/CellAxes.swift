/// The axes of a cell but its kernel. Axes that are not in play are nil.
public struct CellAxes: Hashable, Sendable {
    /// `micro`, or a distribution such as `debian-12`.
    public let guest: String
    public let architecture: Architecture
    public let cgroup: CgroupLayout
    public let profile: String?
    public let deployment: String?
    public let scenario: String?
    public let agent: String?
    /// The program variant's name when one was asked for; nil for the agent's own.
    public let bpf: String?

    public init(
        guest: String = "micro", architecture: Architecture = .unnamed, cgroup: CgroupLayout, profile: String? = nil, deployment: String? = nil,
        scenario: String? = nil, agent: String? = nil, bpf: String? = nil
    ) {
        self.guest = guest
        self.architecture = architecture
        self.cgroup = cgroup
        self.profile = profile
        self.deployment = deployment
        self.scenario = scenario
        self.agent = agent
        self.bpf = bpf
    }

    /// Those that a cell's id gives a name, in its order.
    var named: [(name: String, value: String?)] {
        [("profile", profile), ("deployment", deployment), ("scenario", scenario), ("agent", agent), ("bpf", bpf)]
    }
}
