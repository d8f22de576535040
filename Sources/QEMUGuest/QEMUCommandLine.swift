import GuestProtocol
import SystemPackage

/// A boot plan as QEMU's arguments. A fold over options in a fixed order: byte for byte the same for the same plan.
public struct QEMUCommandLine: Hashable, Sendable {
    public let arguments: [String]

    /// The names of the files QEMU makes or uses, relative to the guest's folder, which is its working directory.
    enum Name {
        static let console = "console.log"
        static let control = SocketFolder.inside("control.sock")
        /// Takes the emulator's standard error.
        static let log = "qemu.log"
        static let monitor = SocketFolder.inside("monitor.sock")
        static let network = SocketFolder.inside("network.sock")
        /// Takes the state of the devices of a guest from a snapshot.
        static let incoming = SocketFolder.inside("incoming.sock")
        /// Gives the state of the devices of a guest of which a snapshot is made.
        static let outgoing = SocketFolder.inside("outgoing.sock")
        /// Takes the memory of a guest of which a snapshot is made, and the state of its devices.
        static let memory = "memory"
        static let state = "state"
    }

    public init(_ plan: BootPlan) {
        self.init(Self.options(for: plan))
    }

    /// The same machine and console with nothing attached: the floor that benchmarks compare with.
    public static func bare(_ plan: BootPlan) -> QEMUCommandLine {
        let devices = [machine(plan), console(plan)]
        return QEMUCommandLine(devices + [boot(plan, devices.flatMap(\.kernelArguments) + plan.kernelArguments)])
    }

    private init(_ options: [Option]) { arguments = options.flatMap(\.arguments) }

    /// An option yields QEMU arguments; the kernel's own arguments are gathered from all of them.
    struct Option: Hashable {
        var arguments: [String]
        var kernelArguments: [String] = []
    }

    static func options(for plan: BootPlan) -> [Option] {
        let devices = [machine(plan), console(plan), control()] + disks(plan) + platform(plan) + network(plan) + terminal(plan) + monitor(plan)
        let kernelArguments = devices.flatMap(\.kernelArguments) + plan.kernelArguments
        return devices + [boot(plan, kernelArguments)]
    }

    private static func machine(_ plan: BootPlan) -> Option {
        // -no-reboot with panic=-1 makes a panic the end of the guest instead of a loop.
        let (architecture, memory) = (plan.architecture, memory(plan))
        return Option(
            arguments: [
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-sandbox", sandbox,
            ] + memory.map { ["-object", $0] }.joined() + [
                "-machine", architecture.machineType(plan.accelerator, plan.processorFeature) + (memory.isEmpty ? "" : ",memory-backend=memory"), "-accel",
                accelerator(plan),
                "-cpu", architecture.processor(plan.accelerator, pageSize: plan.pageSize, plan.processorFeature), "-m", "\(plan.memory)", "-smp",
                "\(plan.processors)",
            ],
            // Kernel lines are told from a program's by their time stamp.
            kernelArguments: ["panic=-1"] + architecture.endingArguments + (plan.sparesTime ? timeSavers(plan) : []) + ["printk.time=1"])
    }

    /// Change when a kernel is ready, not what it does then; `--verify-snapshots` boots without them.
    private static func timeSavers(_ plan: BootPlan) -> [String] {
        plan.architecture.timeSavers(kilohertz: plan.timeStampKilohertz)
    }

    /// What TCG translates it keeps until its buffer is full, up to a gigabyte. A guest with our own init comes to 60 MB, a distribution to
    /// 500, of which it needs half as long as it runs: with 256 MiB it takes no more time and 280 MB less.
    private static func accelerator(_ plan: BootPlan) -> String {
        switch plan.accelerator {
        case .kvm: "kvm"
        case .tcg: "tcg,tb-size=256"
        }
    }

    /// QEMU may start no process, become no other user and not change the host's scheduling.
    private static let sandbox = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

    /// The file that is the guest's memory: shared with it where a snapshot is made, and what a guest from a snapshot begins with, whose own
    /// writes stay its own (a private mapping).
    private static func memory(_ plan: BootPlan) -> [String] {
        switch plan.start {
        case .boot: []
        case .recorded: ["memory-backend-file,id=memory,size=\(plan.memory)M,mem-path=\(Name.memory),share=on"]
        case .restored(let files): ["memory-backend-file,id=memory,size=\(plan.memory)M,mem-path=\(escape(files.memory.string)),share=off"]
        }
    }

    /// QEMU connects to the harness, once. A guest from a snapshot needs it because QEMU 7.2 can be told in no other way to leave the memory
    /// out of what it loads; it has no monitor any more once it runs.
    private static func monitor(_ plan: BootPlan) -> [Option] {
        guard plan.start != .boot else { return [] }
        return [Option(arguments: ["-chardev", "socket,id=monitor,path=\(Name.monitor)", "-mon", "chardev=monitor,mode=control"])]
    }

    private static func console(_ plan: BootPlan) -> Option {
        // What the snapshot's boot printed is in the file already.
        let isContinued = if case .restored = plan.start { true } else { false }
        // QEMU writes the file itself: it has every byte even if the harness dies.
        return Option(
            arguments: ["-chardev", "file,id=console,path=\(Name.console)" + (isContinued ? ",append=on" : ""), "-serial", "chardev:console"],
            kernelArguments: ["console=\(plan.architecture.console)"])
    }

    private static func control() -> Option {
        Option(arguments: [
            "-device", "virtio-serial-pci,id=serial", "-chardev", "socket,id=control,path=\(Name.control)", "-device",
            "virtserialport,bus=serial.0,nr=1,chardev=control,name=\(WireFormat.controlPort)",
        ])
    }

    private static func disks(_ plan: BootPlan) -> [Option] {
        var disks: [Option] = []
        if let payload = plan.payload { disks.append(disk(.payload, payload, format: "raw", isReadOnly: true)) }
        guard let distribution = plan.distribution else { return disks }
        // Nothing of the root outlives the guest, so nothing has to reach the host's disk.
        var root = disk(.root, distribution.root, format: "qcow2", isReadOnly: false)
        // Firmware would try the others first, and UEFI's would then look for a network.
        if case .firmware = plan.source { root.arguments[root.arguments.count - 1] += ",bootindex=0" }
        disks.append(root)
        if let modules = distribution.modules { disks.append(disk(.modules, modules, format: "raw", isReadOnly: true)) }
        if let resource = distribution.resource { disks.append(disk(.resource, resource, format: "raw", isReadOnly: false)) }
        if let seed = distribution.seed { disks.append(disk(.seed, seed, format: "raw", isReadOnly: true)) }
        return disks
    }

    /// The serial number identifies a disk: the guest may find disks in any order.
    private static func disk(_ disk: GuestDisk, _ path: FilePath, format: String, isReadOnly: Bool) -> Option {
        let cache = isReadOnly ? "readonly=on" : "cache=unsafe"
        return Option(arguments: [
            "-drive", "if=none,id=\(disk.rawValue),format=\(format),\(cache),file=\(escape(path.string))", "-device",
            "virtio-blk-pci,drive=\(disk.rawValue),serial=\(disk.rawValue)",
        ])
    }

    /// The chassis asset tag of Azure's machines, by which cloud-init knows them (its ds-identify and DataSourceAzure).
    static let chassisAssetTag = "7783-7084-3265-9085-8269-3286-77"

    /// What a machine of the platform shows its guest when it is provisioned.
    private static func platform(_ plan: BootPlan) -> [Option] {
        guard let provisioning = plan.distribution?.provisioning else { return [] }
        return [
            Option(arguments: [
                "-smbios", "type=3,asset=\(chassisAssetTag)", "-smbios", "type=1,manufacturer=Microsoft Corporation,product=Virtual Machine,uuid=\(machineID)",
                "-device", "virtio-scsi-pci,id=scsi", "-drive",
                "if=none,id=provisioning,format=raw,media=cdrom,readonly=on,file=\(escape(provisioning.string))", "-device",
                "scsi-cd,bus=scsi.0,drive=provisioning",
            ])
        ]
    }

    /// Made up; the same for every guest, so that command lines are the same for the same plan.
    static let machineID = "5f9d1e6a-1c2b-4a3d-8e4f-6b7a8c9d0e1f"

    private static func network(_ plan: BootPlan) -> [Option] {
        guard plan.network != nil else { return [] }
        return [
            Option(arguments: [
                "-netdev", "stream,id=net,server=off,addr.type=unix,addr.path=\(Name.network)", "-device",
                "virtio-net-pci,netdev=net,mac=52:54:00:12:34:56,romfile=",
            ])
        ]
    }

    private static func terminal(_ plan: BootPlan) -> [Option] {
        switch plan.terminal {
        case .none: []
        case .inherited:
            [Option(arguments: ["-chardev", "stdio,id=terminal,signal=off", "-device", "virtconsole,bus=serial.0,nr=0,chardev=terminal"])]
        }
    }

    private static func boot(_ plan: BootPlan, _ kernelArguments: [String]) -> Option {
        if case .restored = plan.start { return Option(arguments: firmware(plan.source) + tables(plan) + ["-incoming", "defer"]) }
        return switch plan.source {
        case .kernel(let kernel, let initramfs):
            Option(
                arguments: tables(plan)
                    + ["-kernel", kernel.path.string, "-initrd", initramfs.string, "-append", kernelArguments.joined(separator: " ")])
        case .firmware: Option(arguments: firmware(plan.source))
        }
    }

    /// The firmware that starts the kernel where nothing else shows it the machine's tables.
    private static func tables(_ plan: BootPlan) -> [String] { plan.tables.map { ["-bios", $0.string] } ?? [] }

    private static func firmware(_ source: BootPlan.Source) -> [String] {
        if case .firmware(.uefi(let path)) = source { ["-bios", path.string] } else { [] }
    }

    /// QEMU ends an option's value at a comma; two commas are one.
    static func escape(_ text: String) -> String { text.replacing(",", with: ",,") }
}
