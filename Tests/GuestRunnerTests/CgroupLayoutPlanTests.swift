import MatrixModel
import Testing

@testable import GuestRunner

@Suite("CgroupLayoutPlan")
struct CgroupLayoutPlanTests {
    static let filesystems = "nodev\tsysfs\nnodev\ttmpfs\nnodev\tcgroup\nnodev\tcgroup2\n\text4\n"
    static let controllers = """
        #subsys_name\thierarchy\tnum_cgroups\tenabled
        cpuset\t0\t1\t1
        cpu\t0\t1\t1
        cpuacct\t0\t1\t1
        memory\t0\t1\t0
        net_cls\t0\t1\t1
        freezer\t0\t1\t1

        """

    private func plan(_ layout: CgroupLayout, filesystems: String = filesystems, controllers: String = controllers) throws -> CgroupLayoutPlan {
        try CgroupLayoutPlan(layout, filesystems: filesystems, controllers: controllers)
    }

    /// The mounts of a plan, remounts left out, as `type target first-option`.
    private func mounts(_ plan: CgroupLayoutPlan) -> [String] {
        plan.steps.compactMap { step in
            switch step {
            case .required(let mount), .controller(let mount):
                mount.flags.contains(.remount) ? nil : "\(mount.type) \(mount.target) \(mount.options[0])"
            case .symlink: nil
            }
        }
    }

    @Suite("mounts")
    struct Mounts {
        private let outer = CgroupLayoutPlanTests()

        @Test("cgroup v2 where the layout says, in each layout that has it", arguments: [CgroupLayout.unified, .hybrid, .elsewhere])
        func version2(layout: CgroupLayout) throws {
            let targets = try outer.mounts(outer.plan(layout)).filter { $0.hasPrefix("cgroup2 ") }.map { String($0.split(separator: " ")[1]) }
            #expect(targets == [layout.cgroup2MountPoint])
        }

        @Test("nothing at all when unmounted")
        func unmounted() throws { #expect(try outer.plan(.unmounted).steps.isEmpty) }

        @Test("no cgroup v2 in legacy, but every enabled controller and systemd's own hierarchy")
        func legacy() throws {
            #expect(
                try outer.mounts(outer.plan(.legacy)) == [
                    "tmpfs /sys/fs/cgroup mode=755,size=4m,nr_inodes=1k",
                    "cgroup /sys/fs/cgroup/systemd none,name=systemd,xattr",
                    "cgroup /sys/fs/cgroup/cpuset cpuset",
                    "cgroup /sys/fs/cgroup/cpu,cpuacct cpu,cpuacct",
                    "cgroup /sys/fs/cgroup/net_cls net_cls",
                    "cgroup /sys/fs/cgroup/freezer freezer",
                ])
        }

        @Test("legacy and one more mount in hybrid")
        func hybrid() throws {
            let added = try outer.mounts(outer.plan(.hybrid)).filter { try !outer.mounts(outer.plan(.legacy)).contains($0) }
            #expect(added == ["cgroup2 /sys/fs/cgroup/unified nsdelegate"])
        }

        @Test("two controllers together get a link each")
        func links() throws {
            let links = try outer.plan(.legacy).steps.filter { if case .symlink = $0 { true } else { false } }
            #expect(
                links == [
                    .symlink(path: "/sys/fs/cgroup/cpu", target: "cpu,cpuacct"), .symlink(path: "/sys/fs/cgroup/cpuacct", target: "cpu,cpuacct"),
                ])
        }

        @Test("the outer file system is sealed last, in the layouts that have one", arguments: [CgroupLayout.legacy, .hybrid])
        func sealed(layout: CgroupLayout) throws {
            guard case .required(let last) = try outer.plan(layout).steps.last else {
                Issue.record("the last step is no required mount")
                return
            }
            #expect(last.flags.isSuperset(of: [.remount, .readOnly]))
            #expect(last.target == "/sys/fs/cgroup")
        }

        @Test("an option an older kernel does not know has a fallback", arguments: CgroupLayout.allCases)
        func fallbacks(layout: CgroupLayout) throws {
            for step in try outer.plan(layout).steps {
                guard case .required(let mount) = step, mount.type == "cgroup2" else { continue }
                #expect(mount.options.last == "")
            }
        }
    }

    @Suite("refuses")
    struct Refuses {
        private let outer = CgroupLayoutPlanTests()

        @Test("every layout but legacy on a kernel without cgroup v2", arguments: CgroupLayout.allCases.filter { $0 != .legacy })
        func noVersion2(layout: CgroupLayout) {
            #expect(throws: CgroupLayoutPlan.Impossible.noCgroup2) { try outer.plan(layout, filesystems: "nodev\tcgroup\n") }
        }

        @Test("v1 layouts on a kernel without cgroup v1", arguments: [CgroupLayout.hybrid, .legacy])
        func noVersion1(layout: CgroupLayout) {
            #expect(throws: CgroupLayoutPlan.Impossible.noCgroup1) { try outer.plan(layout, filesystems: "nodev\tcgroup2\n") }
        }

        @Test("v1 layouts where no controller is enabled", arguments: ["", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n", "memory\t0\t1\t0\n", "junk\n"])
        func noControllers(controllers: String) {
            #expect(throws: CgroupLayoutPlan.Impossible.noControllers) { try outer.plan(.legacy, controllers: controllers) }
        }
    }
}
