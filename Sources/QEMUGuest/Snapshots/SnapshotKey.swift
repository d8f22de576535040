import ArtefactCache
import GuestProtocol
import SystemPackage

/// What a snapshot depends on. Another value of any of it is another snapshot.
public struct SnapshotIngredients: Hashable, Sendable {
    /// Raised when the same ingredients give another snapshot.
    static let format = "1"

    /// The whole command line of the boot, with digests in the place of the files: machine, memory, devices, kernel, kernel arguments, and
    /// the initramfs with the runner and the modules in it.
    public var commandLine: [String]
    /// What the guest is told before it waits, as it is sent; empty for nothing.
    public var firstPlan: [UInt8] = []
    public var emulatorVersion: String
    public var emulatorDigest: String
    /// The guest counts the host's clock ticks, and under KVM has its processor.
    public var host: HostMachine
    public var protocolVersion = WireFormat.version

    /// One path component.
    public var key: String {
        FileDigest.text(
            [Self.format, emulatorVersion, emulatorDigest, host.machine, host.processor, host.kernel, "\(protocolVersion)", "\(commandLine.count)"]
                + commandLine + [firstPlan.map { String($0, radix: 16) }.joined(separator: " ")])
    }
}

extension BootPlan {
    /// The same boot with names in the place of places: as it is hashed, and as it is told.
    /// - Parameter name: The name of a file, by what is in it.
    func named(payloadSize: Int, _ name: (FilePath) throws -> String) rethrows -> BootPlan {
        var plan = self
        switch source {
        // The emulator sees from its content in which form a kernel is; its pages decide which processor the guest has.
        case .kernel(let kernel, let initramfs):
            let named = FilePath(try name(kernel.path))
            plan.source = .kernel(kernel.pageSize.map { .raw(named, pageSize: $0) } ?? .elf(named), initramfs: FilePath(try name(initramfs)))
        case .firmware(.uefi(let code)): plan.source = .firmware(.uefi(FilePath(try name(code))))
        case .firmware(.bios): break
        }
        if payload != nil { plan.payload = FilePath("payload-\(payloadSize)") }
        plan.distribution = try distribution.map { disks in
            DistributionDisks(
                root: FilePath(try name(disks.root)), modules: try disks.modules.map { FilePath(try name($0)) },
                seed: try disks.seed.map { FilePath(try name($0)) })
        }
        plan.start = .recorded
        return plan
    }
}
