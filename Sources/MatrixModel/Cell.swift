/// One point of the matrix: a guest, a kernel and how both are set up. Axes that are not in play are nil.
public struct Cell: Hashable, Sendable {
    /// `micro`, or a distribution such as `debian-12`.
    public let guest: String
    public let kernel: KernelIdentity
    public let architecture: Architecture
    public let cgroup: CgroupLayout
    public let profile: String?
    public let deployment: String?
    public let scenario: String?
    public let agent: String?
    /// The program variant's name when one was asked for; nil for the agent's own.
    public let bpf: String?
    /// Made once: who sorts and looks up asks for it again and again.
    public let id: CellID

    public init(
        guest: String = "micro", kernel: KernelIdentity, architecture: Architecture = .unnamed, cgroup: CgroupLayout, profile: String? = nil,
        deployment: String? = nil, scenario: String? = nil, agent: String? = nil, bpf: String? = nil
    ) {
        self.guest = guest
        self.kernel = kernel
        self.architecture = architecture
        self.cgroup = cgroup
        self.profile = profile
        self.deployment = deployment
        self.scenario = scenario
        self.agent = agent
        self.bpf = bpf
        id = CellID(
            guest: guest, kernel: kernel, architecture: architecture, cgroup: cgroup,
            further: [("profile", profile), ("deployment", deployment), ("scenario", scenario), ("agent", agent), ("bpf", bpf)])
    }
}

extension Cell: Comparable {
    public static func < (left: Cell, right: Cell) -> Bool {
        if left.guest != right.guest { return left.guest < right.guest }
        if left.kernel != right.kernel { return left.kernel < right.kernel }
        if left.cgroup != right.cgroup { return left.cgroup < right.cgroup }
        return left.id.text < right.id.text
    }
}
