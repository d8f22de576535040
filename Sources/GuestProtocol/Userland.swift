/// What a plan is carried out in.
public enum Userland: Hashable, Sendable {
    /// The runner alone, as PID 1.
    case micro
    /// A distribution's own init and services, with the runner as one of its units.
    case distribution(DistributionStart)
}

/// How a distribution is brought up from the stage-0 initramfs.
public struct DistributionStart: Hashable, Sendable {
    /// The type of the file system on the disk `root`, as mount(8) names it.
    public let fileSystem: String
    /// The agent's package, as its path in the payload: installed by the distribution's own tool before its init starts. Nil for a guest
    /// without an agent.
    public let package: String?
    /// Whether the machine comes up as on the platform: the distribution brings the network up, and the agent waits for nobody. Else
    /// the runner does, and the agent waits for it.
    public let isDeployment: Bool

    public init(fileSystem: String = "ext4", package: String?, isDeployment: Bool = false) {
        self.fileSystem = fileSystem
        self.package = package
        self.isDeployment = isDeployment
    }
}

/// The disks of a guest, told apart by their serial numbers.
public enum GuestDisk: String, CaseIterable, Hashable, Sendable {
    /// What the plan deploys, as a cpio archive.
    case payload = "kmatrix-payload"
    /// A distribution's root file system.
    case root = "kmatrix-root"
    /// The kernel's modules, where the distribution does not have them.
    case modules = "kmatrix-modules"
}
