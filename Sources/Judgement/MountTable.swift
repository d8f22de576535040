public import MatrixModel

/// The mounts of a guest, read from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
public struct MountTable: Sendable {
    public struct Mount: Hashable, Sendable {
        public let point: String
        public let type: String
    }

    public let mounts: [Mount]

    public init(mountinfo: String) {
        mounts = mountinfo.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            // Optional fields stand before a lone dash; the type follows it.
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, dash + 1 < fields.count else { return nil }
            return Mount(point: String(fields[4]), type: String(fields[dash + 1]))
        }
    }

    /// The layout that systemd mounts like this; nil for none of its three.
    public var layout: CgroupLayout? {
        if cgroup2.contains("/sys/fs/cgroup") { return .unified }
        guard mounts.contains(where: { $0.type == "cgroup" && $0.point.hasPrefix("/sys/fs/cgroup/") }) else { return nil }
        return cgroup2.contains("/sys/fs/cgroup/unified") ? .hybrid : .legacy
    }

    /// Where cgroup v2 is mounted.
    public var cgroup2: [String] { mounts.filter { $0.type == "cgroup2" }.map(\.point) }
}
