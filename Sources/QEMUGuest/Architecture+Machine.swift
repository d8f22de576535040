public import MatrixModel

/// The machine that QEMU emulates for each architecture, and what its kernel is told of it.
extension Architecture {
    /// QEMU's program.
    public var emulator: String { "qemu-system-\(machine)" }

    /// Debian's package of it.
    public var emulatorPackage: String {
        switch self {
        case .x86_64: "qemu-system-x86"
        case .arm64: "qemu-system-arm"
        }
    }

    /// The environment variable that names the emulator for this architecture alone.
    public var emulatorVariable: String { "KMATRIX_QEMU_\(rawValue.uppercased())" }

    func machineType(_ accelerator: Accelerator, _ feature: ProcessorFeature?) -> String {
        switch self {
        // q35 and not microvm: it has the timers that kernels calibrate their clock against. On microvm 7.3 hangs in one boot of six.
        case .x86_64: "q35"
        // Its memory has tags only where that is asked for; KVM cannot give them.
        case .arm64: feature == .memoryTagging && accelerator == .tcg ? "virt,mte=on" : "virt"
        }
    }

    /// - Parameters:
    ///   - pageSize: Of the kernel, in KiB; nil where every processor has it.
    ///   - feature: What the processor must have, where it can have it.
    func processor(_ accelerator: Accelerator, pageSize: Int?, _ feature: ProcessorFeature?) -> String {
        guard accelerator == .tcg else { return "host" }
        return switch self {
        // RDRAND spares the guest a second's wait for entropy; the rest of "max" only makes booting under TCG a fifth slower.
        case .x86_64: "qemu64,+rdrand"
        // What "max" adds, pointer authentication first of all, makes booting under TCG four times slower.
        // It has no pages of 16 KiB; the Neoverse N1, which does, takes half as long again.
        // To authenticate pointers by QEMU's own algorithm in place of the architecture's costs a third of a boot only.
        case .arm64: feature != nil ? "max,pauth-impdef=on" : pageSize == 16 ? "neoverse-n1" : "cortex-a57"
        }
    }

    var console: String {
        switch self {
        case .x86_64: "ttyS0"
        case .arm64: "ttyAMA0"
        }
    }

    /// What its kernels need in addition to `panic=-1` to end with the machine.
    var endingArguments: [String] {
        switch self {
        case .x86_64: ["reboot=t"]
        case .arm64: []
        }
    }

    /// What spares its kernels time while they boot.
    /// - Parameter kilohertz: What the time stamp counter counts in a millisecond; nil to let the kernel find out.
    func timeSavers(kilohertz: Int?) -> [String] {
        switch self {
        case .x86_64: ["no_timer_check", "tsc=reliable", "cryptomgr.notests", "random.trust_cpu=on"] + (kilohertz.map { ["tsc_early_khz=\($0)"] } ?? [])
        // QEMU's device tree has a seed for the kernel's random numbers. A kernel that randomises its own address isolates its page tables
        // where the processor has no E0PD, as this one: each system call then costs emulation a flush of its translations, and a cell half
        // of its time. The platform's processors have it.
        case .arm64: ["cryptomgr.notests", "random.trust_bootloader=on", "kpti=off"]
        }
    }

    /// Whether guests under TCG see this machine's own time stamp counter, so that they can be told how fast it is.
    var sharesTimeStampCounter: Bool {
        switch self {
        case .x86_64: self == .host
        case .arm64: false
        }
    }

    /// Whether a guest finds the machine's SMBIOS tables only through UEFI's firmware.
    public var needsFirmwareForSMBIOS: Bool {
        switch self {
        case .x86_64: false
        case .arm64: true
        }
    }
}
