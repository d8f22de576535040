import MatrixModel

/// What cells must have in common to start from one snapshot.
package struct SharedBoot: Hashable, Sendable {
    let kernel: KernelIdentity
    let architecture: Architecture
    let profile: BootProfile?
    let guest: GuestChoice
    /// A distribution's, for its kernel's command line sets it. Nil for our own init, which mounts it after the snapshot.
    let layout: CgroupLayout?

    /// Nil for a cell that boots in any case: a deployment is about how the machine comes up.
    package init?(_ planned: PlannedCell) {
        guard planned.deployment == nil else { return nil }
        kernel = planned.kernel.identity
        architecture = planned.kernel.architecture
        profile = planned.profile
        guest = planned.guest
        layout = planned.guest == .micro ? nil : planned.cell.cgroup
    }

    /// The boots that two cells at least have.
    package static func all(_ cells: [PlannedCell]) -> Set<SharedBoot> {
        let counts = cells.compactMap(SharedBoot.init).reduce(into: [SharedBoot: Int]()) { $0[$1, default: 0] += 1 }
        return Set(counts.filter { $0.value > 1 }.keys)
    }
}
