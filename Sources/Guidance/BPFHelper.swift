import MatrixModel

/// A function of the kernel's that BPF programs call by number (bpf-helpers(7)).
public struct BPFHelper: Hashable, Sendable {
    public let number: Int
    /// With its prefix, as in `bpf_loop`.
    public let name: String
    /// Since when mainline has it, for some type of program at least.
    public let feature: KernelFeature

    /// - Parameter number: As in an instruction; nil for one that the table does not know.
    public init?(number: Int) {
        guard number > 0, number <= Self.all.count else { return nil }
        self = Self.all[number - 1]
    }

    /// - Parameter name: With or without its prefix.
    public init?(name: some StringProtocol) {
        let full = name.hasPrefix("bpf_") ? String(name) : "bpf_\(name)"
        guard let found = Self.all.first(where: { $0.name == full }) else { return nil }
        self = found
    }

    private init(number: Int, name: String, since: KernelSeries) {
        self.number = number
        self.name = "bpf_\(name)"
        feature = KernelFeature("\(self.name)#\(number)", since: since.major, since.minor, source: "include/uapi/linux/bpf.h of \(since)")
    }

    public static let all: [BPFHelper] = {
        var helpers: [BPFHelper] = []
        for (since, names) in releases {
            for name in names.split(separator: " ") { helpers.append(BPFHelper(number: helpers.count + 1, name: String(name), since: since)) }
        }
        return helpers
    }()

    /// The feature that a program of one type needs to call it, which may have come later than the helper itself.
    public func feature(in type: BPFProgramType) -> KernelFeature {
        let narrower = Self.exposures.first { $0.type == type && $0.helpers.contains(String(name.dropFirst("bpf_".count))) }
        guard let narrower else { return feature }
        return KernelFeature("\(name)#\(number) in \(type.rawValue) programs", since: narrower.since.major, narrower.since.minor, source: narrower.source)
    }

    /// The lockdown mode that withholds it (`security_locked_down` in kernel/trace/bpf_trace.c); nil for one that none withholds.
    public var lockdownMode: String? {
        switch name {
        case "bpf_probe_read", "bpf_probe_read_str", "bpf_probe_read_kernel", "bpf_probe_read_kernel_str": "confidentiality"
        case "bpf_probe_write_user": "integrity"
        default: nil
        }
    }

    /// Whether lockdown explains that a program may not call it. Where the type is known not to have it at all, lockdown does not.
    func isSubjectToLockdown(of type: BPFProgramType?) -> Bool {
        guard lockdownMode != nil else { return false }
        switch type {
        case nil, .kprobe, .tracepoint, .rawTracepoint, .tracing, .lsm: return true
        default: return name.hasPrefix("bpf_probe_read_kernel")
        }
    }

    /// Where a type of program got a helper after others had it. Only what the agent's kinds of programs are known to call.
    private static let exposures: [(type: BPFProgramType, helpers: Set<String>, since: KernelSeries, source: String)] = [
        (.cgroupSockAddr, ["get_socket_cookie"], KernelSeries(major: 4, minor: 19), "d692f1138a4b"),
        (.sockOps, ["get_socket_cookie"], KernelSeries(major: 4, minor: 19), "d692f1138a4b"),
        (
            .cgroupSockAddr, ["get_current_pid_tgid", "get_current_comm", "perf_event_output", "get_cgroup_classid"], KernelSeries(major: 5, minor: 7),
            "the series of f318903c0bf4"
        ),
        (.cgroupSockAddr, ["get_current_cgroup_id", "get_current_ancestor_cgroup_id"], KernelSeries(major: 5, minor: 7), "0f09abd105da"),
        (.cgroupSockAddr, ["get_retval", "set_retval"], KernelSeries(major: 6, minor: 1), "dea6a4e17013, bed89185af0d"),
    ]
}
