/// One point of the matrix: a guest, a kernel and how both are set up.
@dynamicMemberLookup
public struct Cell: Hashable, Sendable {
    public let axes: CellAxes
    public let kernel: KernelIdentity
    /// Made once, for sorting and look-ups need it often.
    public let id: CellID

    public init(_ axes: CellAxes, kernel: KernelIdentity) {
        self.axes = axes
        self.kernel = kernel
        id = CellID(axes, kernel: kernel)
    }

    public init(
        guest: String = "micro", kernel: KernelIdentity, architecture: Architecture = .unnamed, cgroup: CgroupLayout, profile: String? = nil,
        deployment: String? = nil, scenario: String? = nil, agent: String? = nil, bpf: String? = nil
    ) {
        let axes = CellAxes(
            guest: guest, architecture: architecture, cgroup: cgroup, profile: profile, deployment: deployment, scenario: scenario, agent: agent, bpf: bpf)
        self.init(axes, kernel: kernel)
    }

    public subscript<Value>(dynamicMember axis: KeyPath<CellAxes, Value>) -> Value { axes[keyPath: axis] }
}

extension Cell: Comparable {
    public static func < (left: Cell, right: Cell) -> Bool {
        if left.axes.guest != right.axes.guest { return left.axes.guest < right.axes.guest }
        if left.kernel != right.kernel { return left.kernel < right.kernel }
        if left.axes.cgroup != right.axes.cgroup { return left.axes.cgroup < right.axes.cgroup }
        return left.id.text < right.id.text
    }
}
