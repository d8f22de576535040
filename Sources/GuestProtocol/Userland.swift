/// What a plan is carried out in.
public enum Userland: Hashable, Sendable {
    /// The runner alone, as PID 1.
    case micro
    /// A distribution's own init and services, with the runner as one of its units.
    case distribution(DistributionStart)
}

/// How a distribution is brought up.
public struct DistributionStart: Hashable, Sendable {
    public enum Root: Hashable, Sendable {
        /// Mounted from the disk `root` by the stage-0 initramfs, in place of the distribution's own.
        /// - Parameters:
        ///   - fileSystem: Its type, as mount(8) names it.
        ///   - partition: As the kernel counts, from 1; nil when the disk is a file system as a whole.
        case disk(fileSystem: String, partition: UInt32?)
        /// Mounted already: the distribution came up before, by its own boot loader or for a snapshot, and started the runner.
        case mounted
    }

    public let root: Root
    /// The agent's package, as its path in the payload: installed by the distribution's own tool. Nil for a guest
    /// without an agent.
    public let package: String?
    /// Whether the machine comes up as on the platform: the distribution brings the network up, and the agent waits for nobody. Else
    /// the runner does, and the agent waits for it.
    public let isDeployment: Bool

    public init(root: Root = .disk(fileSystem: "ext4", partition: nil), package: String?, isDeployment: Bool = false) {
        self.root = root
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
    /// The data source of cloud-init in a distribution that boots with its own loader.
    case seed = "kmatrix-seed"
    /// The temporary storage that every machine of the platform has, empty.
    case resource = "kmatrix-resource"
}
