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

    var machineType: String {
        switch self {
        // q35 and not microvm: it has the timers that kernels calibrate their clock against. On microvm 7.3 hangs in one boot of six.
        case .x86_64: "q35"
        case .arm64: "virt"
        }
    }

    func processor(_ accelerator: Accelerator) -> String {
        guard accelerator == .tcg else { return "host" }
        return switch self {
        // RDRAND spares the guest a second's wait for entropy; the rest of "max" only makes booting under TCG a fifth slower.
        case .x86_64: "qemu64,+rdrand"
        // What "max" adds, pointer authentication first of all, makes booting under TCG four times slower.
        case .arm64: "cortex-a57"
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
        // QEMU's device tree has a seed for the kernel's random numbers.
        case .arm64: ["cryptomgr.notests", "random.trust_bootloader=on"]
        }
    }

    /// Whether guests under TCG see this machine's own time stamp counter, so that they can be told how fast it is.
    var sharesTimeStampCounter: Bool { self == .x86_64 && self == .host }

    /// Whether a guest finds the machine's SMBIOS tables only through UEFI's firmware.
    public var needsFirmwareForSMBIOS: Bool { self == .arm64 }
}
