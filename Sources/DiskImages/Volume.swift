import SystemPackage

/// A file system on a disk: its type and position.
struct Volume: Hashable {
    /// The type, recognised by the magic numbers in its superblock, with the names of mount(8).
    enum FileSystem: String, Hashable, CaseIterable {
        case ext4, xfs, btrfs, vfat

        /// The offsets of the magic numbers, and their bytes.
        private var marks: [(offset: Int, bytes: [UInt8])] {
            switch self {
            // The same for ext2 and ext3, which the ext4 driver mounts.
            case .ext4: [(0x438, [0x53, 0xEF])]
            case .xfs: [(0, Array("XFSB".utf8))]
            case .btrfs: [(0x1_0040, Array("_BHRfS_M".utf8))]
            case .vfat: [(0x52, Array("FAT32".utf8)), (0x36, Array("FAT".utf8))]
            }
        }

        /// - Parameter start: The volume's first bytes, `examined` of them.
        init?(_ start: [UInt8]) {
            let found = Self.allCases.first { candidate in
                candidate.marks.contains { mark in start.count >= mark.offset + mark.bytes.count && start[mark.offset...].starts(with: mark.bytes) }
            }
            guard let found else { return nil }
            self = found
        }

        static let examined = 0x1_0048
    }

    let fileSystem: FileSystem
    /// In bytes from the disk's start.
    let offset: Int
    let length: Int
    /// 0 for a disk that is a file system as a whole.
    let number: Int
    let scheme: PartitionTable.Scheme?
    let type: String

    /// The file systems of a disk that are supported.
    /// - Parameter table: Nil for a disk without one.
    static func all(on disk: DiskFile, table: PartitionTable?) throws(DiskImageError) -> [Volume] {
        guard let table else {
            let start = try disk.read(at: 0, count: FileSystem.examined)
            return FileSystem(start).map { [Volume(fileSystem: $0, offset: 0, length: disk.size, number: 0, scheme: nil, type: "")] } ?? []
        }
        var volumes: [Volume] = []
        for partition in table.partitions {
            let start = try disk.read(at: partition.offset, count: min(FileSystem.examined, partition.length))
            guard let fileSystem = FileSystem(start) else { continue }
            volumes.append(
                Volume(
                    fileSystem: fileSystem, offset: partition.offset, length: partition.length, number: partition.number, scheme: table.scheme,
                    type: partition.type))
        }
        return volumes
    }
}
