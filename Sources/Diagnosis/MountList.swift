import MatrixModel

/// A list of mounts as one prompt or file shows it. Another prompt's list is another view.
struct MountList: Hashable, Sendable {
    struct Mount: Hashable, Sendable {
        let point: String
        let type: String
        /// What of the file system is mounted, where mountinfo says so. Another root than `/` is a container's part.
        let root: String?
    }

    enum Layout: String, Hashable, Sendable { case unified, hybrid, legacy, elsewhere, none }

    var mounts: [Mount] = []
    var proof: Finding?
    var view: Scope.View
    let source: String
    /// Whether nothing is missing at its end: another prompt follows, or the mounts of control groups are in it.
    var isEnded = false
    /// The command that printed nothing.
    var silent: String?

    var cgroup2: [Mount] { mounts.filter { $0.type == "cgroup2" } }

    private var hasCgroup1: Bool { mounts.contains { $0.type == "cgroup" } }

    /// Whether it proves that cgroup v2 is mounted nowhere in this view.
    var provesNone: Bool { cgroup2.isEmpty && (silent != nil || isEnded && !mounts.isEmpty || hasCgroup1 && mounts.count > 1 || goesOnBehind) }

    /// systemd mounts control groups before these: a list that has one of them is not cut off before cgroup v2.
    private var goesOnBehind: Bool { mounts.contains { ["bpf", "pstore", "mqueue", "hugetlbfs", "debugfs", "tracefs"].contains($0.type) } }

    var layout: Layout {
        if cgroup2.contains(where: { $0.point == "/sys/fs/cgroup" }) { return .unified }
        if cgroup2.isEmpty { return hasCgroup1 ? .legacy : .none }
        return hasCgroup1 && cgroup2.contains { $0.point == "/sys/fs/cgroup/unified" } ? .hybrid : .elsewhere
    }

    /// One line of mount(8), mountinfo, /proc/mounts, fstab or findmnt(8), recognised by its file-system type; nil for anything else.
    static func mount(in line: String) -> Mount? {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 3, words.count < 40 else { return nil }
        if words.count >= 5, words[1] == "on", words[3] == "type" { return Mount(point: String(words[2]), type: String(words[4]), root: nil) }
        if words.count >= 9, let dash = words.firstIndex(of: "-"), dash >= 6, dash + 1 < words.count, Int(words[0]) != nil, Int(words[1]) != nil {
            return Mount(point: String(words[4]), type: String(words[dash + 1]), root: String(words[3]))
        }
        // `source point type options 0 0`
        if words.count == 6, words[1].hasPrefix("/"), Int(words[4]) != nil, Int(words[5]) != nil, isType(words[2]) {
            return Mount(point: String(words[1]), type: String(words[2]), root: nil)
        }
        // `├─/sys/fs/cgroup cgroup2 cgroup2 rw,nosuid`
        let target = words[0].drop { "├└─│|-`".contains($0) }
        guard words.count == 4, target.hasPrefix("/"), isType(words[2]), words[3].hasPrefix("rw") || words[3].hasPrefix("ro") else { return nil }
        return Mount(point: String(target), type: String(words[2]), root: nil)
    }

    private static let types: Set<Substring> = [
        "cgroup", "cgroup2", "tmpfs", "proc", "sysfs", "devtmpfs", "devpts", "securityfs", "pstore", "bpf", "debugfs", "tracefs", "mqueue", "hugetlbfs", "ext4",
        "ext3", "ext2", "xfs", "btrfs", "vfat",
        "overlay", "squashfs", "fusectl", "configfs", "autofs", "rpc_pipefs", "binfmt_misc", "efivarfs", "nfs", "nfs4", "iso9660", "ramfs", "rootfs", "erofs",
        "9p", "virtiofs", "selinuxfs", "nsfs", "zfs", "cifs",
        "swap", "none", "fuse", "udf", "f2fs",
    ]

    private static func isType(_ word: Substring) -> Bool { types.contains(word) || word.hasPrefix("fuse.") }
}
