import MatrixModel
import Testing

@testable import MatrixPlanning

@Suite("A layout by systemd's own means")
struct SystemdLayoutTests {
    @Test("each of systemd's three has its own arguments, and the v1 ones are forced")
    func offered() throws {
        let unified = try #require(SystemdLayout.kernelArguments(.unified))
        let hybrid = try #require(SystemdLayout.kernelArguments(.hybrid))
        let legacy = try #require(SystemdLayout.kernelArguments(.legacy))
        #expect(Set([unified, hybrid, legacy]).count == 3)
        #expect(unified == ["systemd.unified_cgroup_hierarchy=1"])
        for arguments in [hybrid, legacy] { #expect(arguments.contains("SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1")) }
    }

    @Test("what no systemd mounts is refused with a reason, and is nobody's fault", arguments: [CgroupLayout.unmounted, .elsewhere])
    func refused(layout: CgroupLayout) {
        #expect(SystemdLayout.kernelArguments(layout) == nil)
        #expect(SystemdLayout.refusal(layout).verdict == .unavailable)
        #expect(SystemdLayout.refusal(layout).summary.contains("No systemd version"))
    }
}
