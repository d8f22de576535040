public import SystemPackage

/// A system that others installed on a disk: where its root is, and the kernel it boots.
public struct InstalledSystem: Sendable {
    public let folder: FilePath
    private let record: Record

    /// What is kept of it next to its files.
    struct Record: Hashable, Codable, Sendable {
        let partition: UInt32
        let fileSystem: String
        /// `uname -r` of the kernel; nil when none was found.
        let release: String?
        /// Why none was found.
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
    /// What its boot loader is made for; where it is made for both, the one that is quicker.
    public var firmware: FirmwareKind { record.firmware }
    public var hasCloudInit: Bool { record.hasCloudInit }
    /// Whether the system is on a partition that is /usr alone, so that no guest can be started on it as its root.
    public var isUsr: Bool { record.isUsr }
    /// A kernel of an image.
    public struct Kernel: Hashable, Sendable {
        public let image: FilePath
        /// `uname -r`.
        public let release: String
        /// Those of its modules that a guest needs before its root is there, as `lib/modules/<release>`; nil when it has none.
        public let modules: FilePath?
    }

    /// The kernel it boots.
    /// - Throws: `DiskImageError` with `noKernel`, which says where was looked.
    public func kernel() throws(DiskImageError) -> Kernel {
        guard let release = record.release else { throw DiskImageError(.noKernel, subject: disk.string, detail: record.kernelIsMissing) }
        return Kernel(
            image: folder.appending(DiskImageStore.kernel), release: release, modules: record.hasModules ? folder.appending(DiskImageStore.modules) : nil)
    }

    /// Every package of it with its version, a line each; empty where it is not Debian's kind.
    public var packages: FilePath { folder.appending(DiskImageStore.packages) }
}

/// Which firmware a disk's boot loader is started by.
public enum FirmwareKind: String, Hashable, Sendable, Codable { case bios, uefi }
