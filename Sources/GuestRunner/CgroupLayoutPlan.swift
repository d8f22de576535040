public import MatrixModel

/// The mounts of a layout on a kernel, derived from the kernel's own lists.
///
/// The shapes are those of systemd (`mount-setup.c`: the table of mounts, and the co-mounted controllers of `cgroup-setup.c`).
public struct CgroupLayoutPlan: Hashable, Sendable {
    public enum Step: Hashable, Sendable {
        /// The layout does not exist without it.
        case required(MountOperation)
        /// One v1 controller. A kernel may list it and still refuse it (v1 support is a configuration choice per controller since 6.11).
        case controller(MountOperation)
        case symlink(path: String, target: String)
    }

    public let steps: [Step]
    /// How many steps of kind `controller` must succeed.
    public let minimumControllers: Int

    /// Why a kernel cannot have a layout.
    public enum Impossible: Error, Hashable, Sendable, CustomStringConvertible {
        case noCgroup1
        case noCgroup2
        case noControllers

        public var description: String {
            switch self {
            case .noCgroup1: "the kernel has no cgroup v1 file system ('cgroup' is not in /proc/filesystems)"
            case .noCgroup2: "the kernel has no cgroup v2 file system ('cgroup2' is not in /proc/filesystems)"
            case .noControllers: "the kernel offers no cgroup v1 controller (/proc/cgroups lists none that is enabled)"
            }
        }
    }

    /// - Parameters:
    ///   - filesystems: The text of `/proc/filesystems`.
    ///   - controllers: The text of `/proc/cgroups`.
    public init(_ layout: CgroupLayout, filesystems: String, controllers: String) throws(Impossible) {
        let known = Set(filesystems.split(separator: "\n").compactMap { $0.split(whereSeparator: { $0 == "\t" || $0 == " " }).last })
        // An unmounted cgroup2 is still one the kernel has.
        if layout != .legacy, !known.contains("cgroup2") { throw .noCgroup2 }
        switch layout {
        case .unified:
            steps = [.required(Self.cgroup2("/sys/fs/cgroup", options: ["nsdelegate,memory_recursiveprot", "nsdelegate", ""]))]
            minimumControllers = 0
        case .elsewhere:
            steps = [.required(Self.cgroup2("/run/cgroup2", options: ["nsdelegate", ""]))]
            minimumControllers = 0
        case .unmounted:
            steps = []
            minimumControllers = 0
        case .hybrid, .legacy:
            guard known.contains("cgroup") else { throw .noCgroup1 }
            let names = Self.enabledControllers(controllers)
            guard !names.isEmpty else { throw .noControllers }
            steps = Self.version1(names, isHybrid: layout == .hybrid)
            minimumControllers = 1
        }
    }

    /// The enabled controllers of `/proc/cgroups` in the kernel's order.
    static func enabledControllers(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard !line.hasPrefix("#"), fields.count == 4, fields[3] == "1" else { return nil }
            return String(fields[0])
        }
    }

    private static func cgroup2(_ target: String, options: [String]) -> MountOperation {
        MountOperation("cgroup2", on: target, options: options)
    }

    private static func version1(_ names: [String], isHybrid: Bool) -> [Step] {
        let root = "/sys/fs/cgroup"
        let temporary: MountOperation.Flags = [.noSetUserID, .noDevices, .noExecution]
        var steps: [Step] = [
            .required(MountOperation("tmpfs", on: root, flags: temporary, options: ["mode=755,size=4m,nr_inodes=1k", "mode=755"]))
        ]
        if isHybrid { steps.append(.required(cgroup2("\(root)/unified", options: ["nsdelegate", ""]))) }
        steps.append(.required(MountOperation("cgroup", on: "\(root)/systemd", options: ["none,name=systemd,xattr", "none,name=systemd"])))
        for group in joined(names) {
            let name = group.joined(separator: ",")
            steps.append(.controller(MountOperation("cgroup", on: "\(root)/\(name)", options: [name])))
            if group.count > 1 { steps += group.map { .symlink(path: "\(root)/\($0)", target: name) } }
        }
        let sealed = MountOperation("tmpfs", on: root, flags: temporary.union([.readOnly, .remount]), options: ["mode=755,size=4m,nr_inodes=1k", "mode=755"])
        return steps + [.required(sealed)]
    }

    /// Controllers in the order given, with those systemd mounts together in one group.
    private static func joined(_ names: [String]) -> [[String]] {
        let partners = [["cpu", "cpuacct"], ["net_cls", "net_prio"]]
        var groups: [[String]] = []
        for name in names {
            guard let partner = partners.first(where: { $0.contains(name) }) else {
                groups.append([name])
                continue
            }
            let present = partner.filter(names.contains)
            if !groups.contains(present) { groups.append(present) }
        }
        return groups
    }
}
