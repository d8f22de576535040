import DiskImages
import GuestImages
import GuestProtocol
import QEMUGuest
import SystemPackage

/// A distribution's root disk, and how it boots.
struct GuestRoot: Sendable {
    /// Raw; never written to.
    let disk: FilePath
    let packages: FilePath
    /// As mount(8) names it.
    let fileSystem: String
    /// As the kernel counts, from 1; nil when the disk is a file system as a whole.
    let partition: UInt32?
    /// What starts the disk's own boot loader; nil when the harness starts a kernel.
    let firmware: Firmware?
    /// The seed disc that brings the runner into a guest with its own boot loader; nil for all others.
    let seed: FilePath?

    init(_ image: RootImage) {
        disk = image.disk
        packages = image.packages
        fileSystem = "ext4"
        partition = nil
        firmware = nil
        seed = nil
    }

    init(_ system: InstalledSystem, firmware: Firmware?, seed: FilePath?) {
        disk = system.disk
        packages = system.packages
        fileSystem = system.fileSystem
        partition = system.partition
        self.firmware = firmware
        self.seed = seed
    }

    /// Where the guest finds it.
    var place: DistributionStart.Root { firmware == nil ? .disk(fileSystem: fileSystem, partition: partition) : .mounted }
}
