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
    /// What its image says of itself, as `uname -r` and `uname -v`; nil where it says nothing.
    var release: String?
    var build: String?
}

/// What one cell needs.
struct PreparedCell: Sendable {
    let kernel: PreparedKernel
    let payload: FilePath
    /// Nil for our own init alone.
    let distribution: PreparedDistribution?
}

/// What a distribution's guest needs beyond a kernel and a payload.
struct PreparedDistribution: Sendable {
    let root: GuestRoot
    /// Where the payload has the agent's package; nil for a guest without an agent.
    let package: String?
    /// The disc a deployment is told by who it is.
    let provisioning: FilePath?
    /// The firmware that shows its kernel the machine's tables; nil where it finds them itself, or needs none.
    var tables: FilePath?
}
