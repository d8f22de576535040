import HostTools
import SystemPackage

/// The format of a disk image, recognised by its content and never by its name: a tool that guesses the format could be made to read other
/// files.
enum DiskForm: Hashable {
    case qcow2
    /// A VHD (Virtual PC) disk, as Azure uses it.
    case vhd
    /// The bytes of the disk, with a partition table or a boot sector.
    case raw
    case packed(Packing)

    /// The compression of a whole image.
    enum Packing: String, CaseIterable {
        case xz, gzip, bzip2, zstd

        fileprivate var magic: [UInt8] {
            switch self {
            case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
            case .gzip: [0x1F, 0x8B]
            case .bzip2: [0x42, 0x5A, 0x68]
            case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
            }
        }

        var tool: HostTool {
            switch self {
            case .xz: .xz
            case .gzip: .gzip
            case .bzip2: .bzip2
            case .zstd: .zstd
            }
        }
    }

    private static let vhdMark = Array("conectix".utf8)
    private static let footer = 512

    /// - Throws: `DiskImageError` (`notADisk`, `unsafeDisk`, `damaged`, `tooLarge`, or about reading).
    init(of path: FilePath) throws(DiskImageError) {
        let file = try DiskFile(path)
        let head = try file.read(at: 0, count: QCOW2Header.examined)
        if let packing = Packing.allCases.first(where: { head.starts(with: $0.magic) }) {
            self = .packed(packing)
        } else if head.starts(with: QCOW2Header.magic) {
            _ = try QCOW2Header(head, subject: path.string)
            self = .qcow2
        } else if file.size >= Self.footer, case let end = try file.read(at: file.size - Self.footer, count: Self.footer), end.starts(with: Self.vhdMark) {
            let size = end[48..<56].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard size > 0 else { throw DiskImageError(.damaged, subject: path.string, detail: "a disk of 0 bytes") }
            guard size <= UInt64(QCOW2Header.largestDisk) else {
                throw DiskImageError(.tooLarge, subject: path.string, detail: "a disk of \(size) bytes, and \(QCOW2Header.largestDisk) are allowed")
            }
            // A differencing disk refers to another file of this machine for missing data.
            guard end[60..<64].elementsEqual([0, 0, 0, 2]) || end[60..<64].elementsEqual([0, 0, 0, 3]) else {
                throw DiskImageError(
                    .unsafeDisk, subject: path.string,
                    detail: "it is a differencing disk, whose parent would be read from this machine; publish it as one image")
            }
            self = .vhd
        } else if head.count >= 512, head[510] == 0x55, head[511] == 0xAA {
            self = .raw
        } else {
            _ = try QCOW2Header(head, subject: path.string)
            self = .qcow2
        }
    }

    /// The format's name in qemu-img.
    var driver: String {
        switch self {
        case .qcow2: "qcow2"
        case .vhd: "vpc"
        case .raw, .packed: "raw"
        }
    }
}
