import MatrixModel

/// Selects a cgroup layout for a distribution: with the parameters that systemd reads from the kernel's command line (kernel-command-line(7),
/// systemd's NEWS for 256 and 258).
enum SystemdLayout {
    /// Nil for a layout that no version of systemd can mount: it always mounts one of its three.
    static func kernelArguments(_ layout: CgroupLayout) -> [String]? {
        // From 256 the v1 hierarchies are refused unless this is said too; 258 dropped them.
        let force = "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"
        return switch layout {
        case .unified: ["systemd.unified_cgroup_hierarchy=1"]
        case .hybrid: ["systemd.unified_cgroup_hierarchy=0", "systemd.legacy_systemd_cgroup_controller=0", force]
        case .legacy: ["systemd.unified_cgroup_hierarchy=0", "systemd.legacy_systemd_cgroup_controller=1", force]
        case .unmounted, .elsewhere: nil
        }
    }

    /// Why the cell of such a layout is not run.
    static func refusal(_ layout: CgroupLayout) -> Judgement {
        Judgement(
            cause: .layoutNotOffered,
            summary:
                "No systemd version leaves cgroup v2 \(layout == .unmounted ? "unmounted" : "mounted elsewhere"), so distributions do not offer this layout.")
    }
}
