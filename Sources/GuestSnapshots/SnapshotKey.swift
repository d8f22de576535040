import ArtefactCache
import GuestProtocol
public import QEMUGuest
import SystemPackage

/// What a snapshot depends on. Another value of any of it is another snapshot.
public struct SnapshotIngredients: Hashable, Sendable {
    /// Raised when the same ingredients give another snapshot.
    static let format = "1"

    /// The whole command line of the boot, with digests in the place of the files: machine, memory, devices, kernel, kernel arguments, and
    /// the initramfs with the runner and the modules in it.
    public var commandLine: [String]
    public var emulatorVersion: String
    public var emulatorDigest: String
    /// The guest counts the host's clock ticks, and under KVM has its processor.
    public var host: HostMachine
    public var protocolVersion = WireFormat.version

    /// One path component.
    public var key: String {
        FileDigest.text(
            [Self.format, emulatorVersion, emulatorDigest, host.machine, host.processor, host.kernel, "\(protocolVersion)", "\(commandLine.count)"] + commandLine)
    }
}

extension BootPlan {
    /// The same boot with names in the place of places: as it is hashed, and as it is told.
    func named(kernel kernelDigest: String, initramfs initramfsDigest: String, payloadSize: Int) -> BootPlan {
        var plan = self
        // The emulator sees from its content in which form a kernel is.
        plan.source = .kernel(.elf(FilePath(kernelDigest)), initramfs: FilePath(initramfsDigest))
        if payload != nil { plan.payload = FilePath("payload-\(payloadSize)") }
        plan.start = .recorded
        return plan
    }
}
