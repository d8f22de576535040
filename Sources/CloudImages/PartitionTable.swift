import GuestProtocol

/// The partitions of a disk, as its GUID partition table (UEFI specification, chapter 5) or its master boot record says.
struct PartitionTable: Hashable {
    enum Scheme: String, Hashable, Codable { case gpt, msdos }

    struct Partition: Hashable {
        /// As the kernel counts, from 1.
        let number: Int
        /// In bytes.
        let offset: Int
        let length: Int
        /// The type's GUID in small letters; of a master boot record its two hexadecimal digits.
        let type: String
    }

    let scheme: Scheme
    let partitions: [Partition]

    /// The type of a root file system for this processor (Discoverable Partitions Specification).
    static let rootType = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
    /// Where GRUB keeps what does not fit into the master boot record.
    static let biosType = "21686148-6449-6e6f-744e-656564454649"
    /// UEFI's own partition.
    static let systemType = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

    /// Of both, BIOS is up sooner.
    var firmware: FirmwareKind {
        let types = Set(partitions.map(\.type))
        return types.contains(Self.systemType) && !types.contains(Self.biosType) || types.contains("ef") ? .uefi : .bios
    }

    private static let sector = 512
    private static let largestTable = 1 << 20

    /// Nil when the disk has no table, as one that is a file system as a whole.
    /// - Throws: `CloudImageError` with `damaged`, or about reading.
    init?(_ disk: DiskFile) throws(CloudImageError) {
        let head = try disk.read(at: 0, count: Self.sector)
        guard head.count == Self.sector, head[510] == 0x55, head[511] == 0xAA else { return nil }
        let records = (0..<4).map { LittleEndianFields(Array(head[(446 + $0 * 16)..<(462 + $0 * 16)])) }
        if records.contains(where: { $0[4, 1] == 0xEE }) {
            scheme = .gpt
            partitions = try Self.guidPartitions(disk)
            return
        }
        scheme = .msdos
        partitions = records.enumerated().compactMap { index, record in
            let (type, start, count) = (record[4, 1], record[8, 4], record[12, 4])
            guard type != 0, count > 0, disk.holds(offset: start * Self.sector, length: count * Self.sector) else { return nil }
            return Partition(number: index + 1, offset: start * Self.sector, length: count * Self.sector, type: String(type, radix: 16))
        }
        // A boot sector of a file system has the same mark and no such records.
        if partitions.isEmpty { return nil }
    }

    private static func guidPartitions(_ disk: DiskFile) throws(CloudImageError) -> [Partition] {
        let header = LittleEndianFields(try disk.read(at: sector, count: sector))
        guard header.count == sector, header.bytes.starts(with: Array("EFI PART".utf8)) else { throw disk.damaged("its partition table is not there") }
        let (entries, count, size) = (header[72, 8], header[80, 4], header[84, 4])
        guard (128...4096).contains(size), count > 0, count <= largestTable / size, disk.holds(offset: entries, times: sector, length: count * size) else {
            throw disk.damaged("its partition table has \(count) entries of \(size) bytes at sector \(entries)")
        }
        let table = try disk.read(at: entries * sector, count: count * size)
        guard table.count == count * size, Int(CRC32.checksum(table)) == header[88, 4] else { throw disk.damaged("its partition table has a wrong checksum") }
        return (0..<count).compactMap { index in
            let entry = LittleEndianFields(Array(table[(index * size)..<((index + 1) * size)]))
            let type = guid(entry.bytes)
            let (first, last) = (entry[32, 8], entry[40, 8])
            guard type != "00000000-0000-0000-0000-000000000000", last >= first, disk.holds(offset: last, times: sector, length: sector) else { return nil }
            return Partition(number: index + 1, offset: first * sector, length: (last - first + 1) * sector, type: type)
        }
    }

    /// The first three groups are stored with the smallest part first.
    private static func guid(_ bytes: [UInt8]) -> String {
        let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
        let digits = order.map { bytes[$0] < 16 ? "0" + String(bytes[$0], radix: 16) : String(bytes[$0], radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}

/// Unsigned numbers in a byte order that shows the smallest part first.
struct LittleEndianFields {
    let bytes: [UInt8]
    var count: Int { bytes.count }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The caller has checked that the bytes are there. What an `Int` cannot hold is as bad as its largest.
    subscript(offset: Int, size: Int) -> Int {
        Int(clamping: bytes[offset..<offset + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
