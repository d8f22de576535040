import Foundation
import GuestProtocol
import HostTools
import SystemPackage

/// The partitions of a disk, as sfdisk(8) reads them from its GUID partition table or its master boot record.
struct PartitionTable: Hashable {
    enum Scheme: String, Hashable, Codable { case gpt, msdos }

    struct Partition: Hashable {
        /// As the kernel counts, from 1.
        let number: Int
        /// In bytes.
        let offset: Int
        let length: Int
        /// The type's GUID in lower case; in a master boot record the hexadecimal digits.
        let type: String
    }

    let scheme: Scheme
    let partitions: [Partition]

    /// The type of a root file system on x86-64 (Discoverable Partitions Specification).
    static let rootType = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
    /// GRUB's BIOS boot partition, for what does not fit into the master boot record.
    static let biosType = "21686148-6449-6e6f-744e-656564454649"
    /// The EFI system partition.
    static let systemType = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

    /// BIOS if the disk supports both, because it boots faster.
    var firmware: FirmwareKind {
        let types = Set(partitions.map(\.type))
        return types.contains(Self.systemType) && !types.contains(Self.biosType) || types.contains("ef") ? .uefi : .bios
    }

    /// The output of sfdisk.
    private struct Listing: Decodable {
        struct Table: Decodable {
            let label: String
            let sectorsize: Int?
            let partitions: [Entry]?
        }

        struct Entry: Decodable {
            let node: String
            let start: Int
            let size: Int
            let type: String
        }

        let partitiontable: Table
    }

    private static let mostPartitions = 256

    /// Reads a disk's table.
    /// - Returns: Nil when the disk has no table, because the whole disk is a file system.
    /// - Throws: `DiskImageError` (`damaged`, `toolMissing`, or about reading), `CancellationError`.
    static func read(_ disk: DiskFile, tools: ImageTools) async throws -> PartitionTable? {
        let head = try disk.read(at: 0, count: 512)
        guard head.count == 512, head[510] == 0x55, head[511] == 0xAA else { return nil }
        let outcome = try await tools.run(.sfdisk, ["--json", disk.path.string])
        // Without a table the signature belongs to a file system's boot sector.
        guard outcome.isSuccess else { return nil }
        // sfdisk uses the second copy of a GUID partition table if the first is damaged. Firmware and kernels might not.
        guard !outcome.stderr.contains("corrupt") else { throw disk.damaged("its partition table has a wrong checksum") }
        guard let table = try? JSONDecoder().decode(Listing.self, from: Data(outcome.output)).partitiontable, let scheme = scheme(table.label) else {
            throw disk.damaged("its partition table is of a kind that is not known here")
        }
        let sector = table.sectorsize ?? 512
        let entries = (table.partitions ?? []).prefix(mostPartitions)
        // A protective record without its GUID partition table.
        if scheme == .msdos, entries.contains(where: { $0.type.lowercased() == "ee" }) { throw disk.damaged("its partition table is not there") }
        let partitions = entries.compactMap { entry -> Partition? in
            guard let number = number(of: entry.node), entry.size > 0, disk.holds(offset: entry.start, times: sector, length: sector),
                case let (length, isTooLarge) = entry.size.multipliedReportingOverflow(by: sector), !isTooLarge,
                disk.holds(offset: entry.start * sector, length: length)
            else { return nil }
            return Partition(number: number, offset: entry.start * sector, length: length, type: entry.type.lowercased())
        }
        return partitions.isEmpty ? nil : PartitionTable(scheme: scheme, partitions: partitions)
    }

    private static func scheme(_ label: String) -> Scheme? {
        switch label {
        case "gpt": .gpt
        case "dos": .msdos
        default: nil
        }
    }

    /// The number at the end of a node's name: `disk.raw3` is 3.
    private static func number(of node: String) -> Int? { Int(String(node.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())) }
}
