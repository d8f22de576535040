/// How the control group hierarchies of a guest are mounted, as systemd names them (systemd.io/CGROUP_DELEGATION), and two
/// layouts that occur in the field where cgroup v2 is not set up properly.
public enum CgroupLayout: String, CaseIterable, Hashable, Comparable, Sendable, Codable {
    /// cgroup v2 at `/sys/fs/cgroup`.
    case unified
    /// v1 controllers under `/sys/fs/cgroup/<controller>`, cgroup v2 at `/sys/fs/cgroup/unified`.
    case hybrid
    /// v1 controllers only.
    case legacy
    /// The kernel has cgroup v2, but no hierarchy is mounted.
    case unmounted
    /// cgroup v2 mounted only at `/run/cgroup2`, off the usual paths.
    case elsewhere

    /// Where cgroup v2 is mounted in this layout; nil where it is not.
    public var cgroup2MountPoint: String? {
        switch self {
        case .unified: "/sys/fs/cgroup"
        case .hybrid: "/sys/fs/cgroup/unified"
        case .elsewhere: "/run/cgroup2"
        case .legacy, .unmounted: nil
        }
    }

    /// Reads one layout's name, or `all`.
    public static func parse(_ text: String) throws(SelectorError) -> [CgroupLayout] {
        if text == "all" { return allCases }
        guard let layout = CgroupLayout(rawValue: text) else { throw SelectorError(.unknownLayout, text: text) }
        return [layout]
    }

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .unified: 0
        case .hybrid: 1
        case .legacy: 2
        case .unmounted: 3
        case .elsewhere: 4
        }
    }
}
