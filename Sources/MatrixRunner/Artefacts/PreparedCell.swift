import MatrixModel
import QEMUGuest
import SystemPackage

/// A kernel ready to boot.
struct PreparedKernel: Sendable {
    let boot: BootPlan.Kernel
    var architecture = Architecture.host
    let initramfs: FilePath
    /// Its modules as a disk for a distribution's guest; nil when no cell asked for one or there are none.
    let modules: FilePath?
    /// The `.config` that came with it.
    let config: [UInt8]?
    /// The release and build that its image states, as `uname -r` and `uname -v`; nil if it states none.
    var release: String?
    var build: String?
}

/// What one cell needs.
struct PreparedCell: Sendable {
    let kernel: PreparedKernel
    let payload: FilePath
    /// Nil for a micro guest.
    let distribution: PreparedDistribution?
}

/// What a distribution's guest needs beyond a kernel and a payload.
struct PreparedDistribution: Sendable {
    let root: GuestRoot
    /// Where the payload has the agent's package; nil for a guest without an agent.
    let package: String?
    /// The provisioning disc of a deployment; nil for other guests.
    let provisioning: FilePath?
    /// The firmware through which the kernel finds the SMBIOS tables; nil if it finds them itself or needs none.
    var tables: FilePath?
}
