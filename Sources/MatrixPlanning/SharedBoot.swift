import MatrixModel

/// What cells must have in common to start from one snapshot.
package struct SharedBoot: Hashable, Sendable {
    let kernel: KernelIdentity
    let architecture: Architecture
    let profile: BootProfile?
    let guest: GuestChoice
    /// The layout of a distribution, which its kernel's command line sets. Nil for a micro guest, which mounts its layout after the restore.
    let layout: CgroupLayout?

    /// Nil for a cell that always boots cold: a deployment tests how the machine boots.
    package init?(_ planned: PlannedCell) {
        guard planned.deployment == nil else { return nil }
        kernel = planned.kernel.identity
        architecture = planned.kernel.architecture
        profile = planned.profile
        guest = planned.guest
        layout = planned.guest == .micro ? nil : planned.cell.cgroup
    }

    /// The boots that at least two cells share.
    package static func all(_ cells: [PlannedCell]) -> Set<SharedBoot> {
        let counts = cells.compactMap(SharedBoot.init).reduce(into: [SharedBoot: Int]()) { $0[$1, default: 0] += 1 }
        return Set(counts.filter { $0.value > 1 }.keys)
    }
}
