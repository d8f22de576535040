public import SystemPackage

/// A system that others installed on a disk: where its root is, and the kernel it boots.
public struct InstalledSystem: Sendable {
    public let folder: FilePath
    private let record: Record

    /// What is kept of it beside its files.
    struct Record: Hashable, Codable, Sendable {
        let partition: UInt32
        let fileSystem: String
        let release: String
        let hasModules: Bool
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
    /// Its kernel's image.
    public var kernel: FilePath { folder.appending(DiskImageStore.kernel) }
    /// `uname -r` of its kernel.
    public var release: String { record.release }
    /// Those of its kernel's modules that a guest needs before its root is there, as `lib/modules/<release>`; nil when it has none.
    public var modules: FilePath? { record.hasModules ? folder.appending(DiskImageStore.modules) : nil }
    /// Every package of it with its version, a line each; empty where it is not Debian's kind.
    public var packages: FilePath { folder.appending(DiskImageStore.packages) }
}
