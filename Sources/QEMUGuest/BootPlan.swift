public import GuestProtocol
public import MatrixModel
public import SystemPackage

/// What a guest is booted from and how. A pure value: the same plan gives the same command line.
///
/// Paths are absolute, for the emulator works in the guest's folder.
public struct BootPlan: Hashable, Sendable {
    /// The kernel in the form it is booted from.
    public enum Kernel: Hashable, Sendable {
        /// An uncompressed ELF image that has a PVH entry point: the quickest way in.
        case elf(FilePath)
        /// A compressed image, which unpacks itself.
        case bzImage(FilePath)
        /// A raw image, which boot loaders enter at its start; the size of its pages in KiB, nil where it is not known.
        case raw(FilePath, pageSize: Int? = nil)

        /// Nil where every processor has it.
        var pageSize: Int? { if case .raw(_, let size) = self { size } else { nil } }

        public var path: FilePath {
            switch self {
            case .elf(let path), .bzImage(let path), .raw(let path, _): path
            }
        }
    }

    /// Who uses the guest's second console.
    public enum Terminal: Hashable, Sendable {
        case none
        /// The harness's own standard input and output, for an interactive shell on the guest's hvc0.
        case inherited
    }

    /// What takes the machine over when it is switched on.
    public enum Source: Hashable, Sendable {
        case kernel(Kernel, initramfs: FilePath)
        /// The boot loader on the disk `root`; kernel arguments are its own business then.
        case firmware(Firmware)
    }

    /// How the guest starts.
    public enum Start: Hashable, Sendable {
        /// By a boot from `source`.
        case boot
        /// The same, with its memory in a file of the guest's folder, for a snapshot.
        case recorded
        /// From a snapshot of such a boot; `source` is not read again.
        case restored(SnapshotFiles)
    }

    /// What the guest's processor is.
    public var architecture: Architecture
    public var source: Source
    /// UEFI's firmware, which brings the kernel of `source` the machine's SMBIOS tables; nil where the kernel finds them, or needs none.
    public var tables: FilePath?
    public var start = Start.boot
    /// The read-only disk with what is deployed; nil for none.
    public var payload: FilePath?
    /// What a distribution's guest has beyond a bare one's.
    public var distribution: DistributionDisks?
    public var accelerator: Accelerator
    /// In MiB. Series 7 does not boot in 256.
    public var memory = 512
    public var processors = 1
    /// What the processor has beyond the standard one; nil for nothing.
    public var processorFeature: ProcessorFeature?
    /// What the guest's time stamp counter counts in a millisecond; nil to let its kernel find out.
    public var timeStampKilohertz: Int?
    /// Whether its kernel is spared what only takes time: self-tests, the search for timers, the wait for entropy.
    public var sparesTime = true
    /// Kernel arguments beyond the standard ones.
    public var kernelArguments: [String] = []
    public var network: GuestNetwork?
    public var terminal = Terminal.none
    /// What a guest of which a snapshot is made is told at its hello: it says hello once more when it has done that, and is kept then. Nil
    /// to keep it at its first hello.
    public var firstPlan: GuestPlan?
    /// The folder that takes the console and the emulator's log, and a link to the sockets while the guest runs.
    public var folder: FilePath
    public var limits = GuestLimits()

    public init(
        kernel: Kernel, initramfs: FilePath, architecture: Architecture = .host, payload: FilePath? = nil, accelerator: Accelerator, folder: FilePath
    ) {
        self.architecture = architecture
        source = .kernel(kernel, initramfs: initramfs)
        self.payload = payload
        self.accelerator = accelerator
        self.folder = folder
    }
}

extension BootPlan {
    /// Of its kernel's pages, in KiB; nil where that is not known, or every processor has them.
    var pageSize: Int? { if case .kernel(let kernel, _) = source { kernel.pageSize } else { nil } }
}

/// The files a guest is brought back from; absolute paths.
public struct SnapshotFiles: Hashable, Sendable {
    /// The guest's memory; never written to.
    public let memory: FilePath
    /// The state of processor and devices, as QEMU wrote it.
    public let state: FilePath

    public init(memory: FilePath, state: FilePath) {
        self.memory = memory
        self.state = state
    }
}

/// The disks of a distribution's guest.
public struct DistributionDisks: Hashable, Sendable {
    /// A qcow2 overlay, which takes all that the guest writes.
    public var root: FilePath
    /// The kernel's modules, read-only; nil where the root has them.
    public var modules: FilePath?
    /// What tells the cloud-init of a distribution that boots with its own loader to start the runner (its NoCloud data source); nil for none.
    public var seed: FilePath?
    /// The provisioning ISO of the platform, which also makes the machine say that it is one of Azure's; nil for none.
    public var provisioning: FilePath?
    /// The platform's temporary storage, which takes what the guest writes; nil for none. cloud-init before 24.3 waits two minutes for it.
    public var resource: FilePath?

    public init(root: FilePath, modules: FilePath?, seed: FilePath? = nil, provisioning: FilePath? = nil, resource: FilePath? = nil) {
        self.root = root
        self.modules = modules
        self.seed = seed
        self.provisioning = provisioning
        self.resource = resource
    }
}

/// The guest's only network: the platform's magic addresses.
public struct GuestNetwork: Hashable, Sendable {
    /// The program `guest-network`, which carries its packets.
    public let program: FilePath
    /// The fabric's sockets, relative to the guest's folder.
    public let wireServer: String
    public let hostGAPlugin: String
    public let imds: String

    public init(program: FilePath, wireServer: String, hostGAPlugin: String, imds: String) {
        self.program = program
        self.wireServer = wireServer
        self.hostGAPlugin = hostGAPlugin
        self.imds = imds
    }
}

/// How long a guest may take, and how much it may print.
public struct GuestLimits: Hashable, Sendable {
    /// From the emulator's start to the guest's hello.
    public var ready: Duration
    /// How long the console may stand still before the guest's hello. A guest that spins early in boot prints nothing more.
    public var silence: Duration
    /// The whole life of the guest.
    public var total: Duration
    /// From the guest's farewell to the emulator's end.
    public var shutdown: Duration
    /// In bytes.
    public var console: Int

    public init(
        ready: Duration = .seconds(60), silence: Duration = .seconds(15), total: Duration = .seconds(90), shutdown: Duration = .seconds(10),
        console: Int = 8 << 20
    ) {
        self.ready = ready
        self.silence = silence
        self.total = total
        self.shutdown = shutdown
        self.console = console
    }
}
