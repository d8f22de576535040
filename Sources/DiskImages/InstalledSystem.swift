public import SystemPackage

/// An installed system on a prebuilt disk: the place of its root, and the kernel that it boots.
public struct InstalledSystem: Sendable {
    public let folder: FilePath
    private let record: Record

    /// The facts that are stored next to its files.
    struct Record: Hashable, Codable, Sendable {
        let partition: UInt32
        let fileSystem: String
        /// `uname -r` of the kernel; nil when none was found.
        let release: String?
        /// Why no kernel was found.
        let kernelIsMissing: String
        let hasModules: Bool
        let firmware: FirmwareKind
        let hasCloudInit: Bool
        /// Whether the partition is /usr alone.
        let isUsr: Bool
    }

    init(folder: FilePath, record: Record) {
        self.folder = folder
        self.record = record
    }

    /// The whole disk, raw and sparse; never written to.
    public var disk: FilePath { folder.appending(DiskImageStore.disk) }
    /// The root's partition as the kernel counts, from 1; nil when the disk is a file system as a whole.
    public var partition: UInt32? { record.partition == 0 ? nil : record.partition }
    /// The root's type, as mount(8) names it.
    public var fileSystem: String { record.fileSystem }
    /// The firmware that its boot loader supports; BIOS if it supports both, because that boots faster.
    public var firmware: FirmwareKind { record.firmware }
    public var hasCloudInit: Bool { record.hasCloudInit }
    /// Whether the system is on a partition with /usr only, which no guest can use as its root.
    public var isUsr: Bool { record.isUsr }
    /// A kernel of an image.
    public struct Kernel: Hashable, Sendable {
        public let image: FilePath
        /// `uname -r`.
        public let release: String
        /// The modules that a guest needs before its root is mounted, as `lib/modules/<release>`; nil when there are none.
        public let modules: FilePath?
    }

    /// The kernel that it boots.
    /// - Throws: `DiskImageError` with `noKernel`, which lists the places that were searched.
    public func kernel() throws(DiskImageError) -> Kernel {
        guard let release = record.release else { throw DiskImageError(.noKernel, subject: disk.string, detail: record.kernelIsMissing) }
        return Kernel(
            image: folder.appending(DiskImageStore.kernel), release: release, modules: record.hasModules ? folder.appending(DiskImageStore.modules) : nil)
    }

    /// Its Debian packages with their versions, one per line; empty for other distributions.
    public var packages: FilePath { folder.appending(DiskImageStore.packages) }
}

/// The firmware that starts a disk's boot loader.
public enum FirmwareKind: String, Hashable, Sendable, Codable { case bios, uefi }
