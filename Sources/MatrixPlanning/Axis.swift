/// An axis of a matrix: an option of the command line, and a key of a block in a matrix file.
public enum Axis: String, CaseIterable, Hashable, Sendable {
    case distro, kernel, cgroup, bpf, scenario, agent, deployment, profile, arch

    /// The line that help has for it.
    public var help: String {
        switch self {
        case .distro: "Distribution, pattern, or disk image (help selectors)"
        case .kernel: "Kernel: 6.1, '>=5.10,<6.13', all (help selectors)"
        case .cgroup: "Cgroup layout, such as unified or all (help selectors)"
        case .bpf: "BPF program that replaces the agent's (help selectors)"
        case .scenario: "Platform scenario, default: normal (help scenarios)"
        case .agent: "Agent package or folder, default: own (help selectors)"
        case .deployment: "Deployment on the platform (help deployments)"
        case .profile: "Kernel hardening profile (help profiles)"
        case .arch: "Architecture, or all (default: this machine's)"
        }
    }

    /// What help calls a value.
    public var valueName: String {
        switch self {
        case .kernel: "selector"
        case .cgroup: "layout"
        case .bpf: "program"
        case .agent: "bundle"
        case .distro, .scenario, .deployment, .profile, .arch: "name"
        }
    }
}
