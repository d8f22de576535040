/// The header of a qcow2 image, read before any tool sees the file (QEMU's docs/interop/qcow2.txt).
///
/// An image may name a backing file, which is read where the image has no data. The image's publisher could thereby read files of the user. So
/// such an image is rejected here, before a tool that follows the name runs.
struct QCOW2Header: Hashable {
    let version: Int
    /// In bytes.
    let virtualSize: Int

    static let magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]
    /// How many bytes of the file are examined: a header is at most one cluster of the smallest relevant size.
    static let examined = 64 << 10
    /// In bytes. The published images of the catalogue's distributions are smaller than half of it.
    static let largestDisk = 64 << 30

    private enum Incompatible {
        static let dirty = 1 << 0, corrupt = 1 << 1, externalData = 1 << 2, compression = 1 << 3, extendedL2 = 1 << 4
        static let harmless = dirty | compression | extendedL2
    }
    private static let externalDataExtension = 0x4441_5441
    private static let backingFormatExtension = 0xE279_2ACA

    /// - Parameters:
    ///   - bytes: The first `examined` bytes of the file, or all of it.
    ///   - subject: The file's name, for errors.
    /// - Throws: `DiskImageError` (`notADisk`, `unsafeDisk`, `damaged`, `tooLarge`).
    init(_ bytes: [UInt8], subject: String) throws(DiskImageError) {
        guard bytes.starts(with: Self.magic) else { throw DiskImageError(.notADisk, subject: subject, detail: Self.name(of: bytes)) }
        func damaged(_ detail: String) -> DiskImageError { DiskImageError(.damaged, subject: subject, detail: detail) }
        func unsafe(_ detail: String) -> DiskImageError { DiskImageError(.unsafeDisk, subject: subject, detail: detail) }
        guard bytes.count >= 72 else { throw damaged("its header breaks off") }
        let fields = BigEndianFields(bytes)
        version = fields[4, 4]
        guard version == 2 || version == 3 else { throw DiskImageError(.notADisk, subject: subject, detail: "qcow2 of version \(version)") }
        guard fields[8, 8] == 0, fields[16, 4] == 0 else {
            throw unsafe("it is a layer over another file (a backing file), which would be read from this machine; publish it as one image")
        }
        guard (9...21).contains(fields[20, 4]) else { throw damaged("clusters of 2^\(fields[20, 4]) bytes") }
        guard fields[32, 4] == 0 else { throw unsafe("it is encrypted") }
        virtualSize = fields[24, 8]
        guard virtualSize > 0 else { throw damaged("a disk of \(virtualSize) bytes") }
        guard virtualSize <= Self.largestDisk else {
            throw DiskImageError(.tooLarge, subject: subject, detail: "a disk of \(virtualSize) bytes, and \(Self.largestDisk) are allowed")
        }
        guard version == 3 else {
            try Self.checkExtensions(fields, from: 72, damaged, unsafe)
            return
        }
        guard bytes.count >= 104 else { throw damaged("its header breaks off") }
        let features = fields[72, 8]
        guard features & Incompatible.externalData == 0 else { throw unsafe("its data lie in another file, which would be read from this machine") }
        guard features & Incompatible.corrupt == 0 else { throw damaged("it is marked as corrupt") }
        guard features & ~Incompatible.harmless == 0 else {
            throw unsafe("it needs features of qcow2 that are not known here (0x\(String(features, radix: 16)))")
        }
        try Self.checkExtensions(fields, from: fields[100, 4], damaged, unsafe)
    }

    private static func checkExtensions(
        _ fields: BigEndianFields, from start: Int, _ damaged: (String) -> DiskImageError, _ unsafe: (String) -> DiskImageError
    ) throws(DiskImageError) {
        guard (72...4096).contains(start) else { throw damaged("a header of \(start) bytes") }
        var offset = start
        while offset + 8 <= fields.count {
            let (type, length) = (fields[offset, 4], fields[offset + 4, 4])
            switch type {
            case 0: return
            case externalDataExtension: throw unsafe("it names another file for its data, which would be read from this machine")
            case backingFormatExtension: throw unsafe("it says what a file below it would be (a backing format); publish it as one image")
            default: offset += 8 + (length + 7) / 8 * 8
            }
        }
        throw damaged("its header has no end")
    }

    /// What a file that is not a qcow2 image appears to be.
    private static func name(of bytes: [UInt8]) -> String {
        let known: [(String, [UInt8])] = [
            ("an xz archive; unpack it first", [0xFD, 0x37, 0x7A, 0x58]), ("a gzip archive; unpack it first", [0x1F, 0x8B]),
            ("a zstd archive; unpack it first", [0x28, 0xB5, 0x2F, 0xFD]),
            ("a VMware disk", Array("KDMV".utf8)), ("a Hyper-V disk", Array("vhdxfile".utf8)), ("a VirtualPC disk", Array("conectix".utf8)),
            ("a page of the web", Array("<".utf8)),
        ]
        if bytes.isEmpty { return "an empty file" }
        if let found = known.first(where: { bytes.starts(with: $0.1) }) { return found.0 }
        return bytes.count >= 512 && bytes[510] == 0x55 && bytes[511] == 0xAA ? "a raw disk" : "something else"
    }
}

/// Reads unsigned big-endian numbers.
struct BigEndianFields {
    let bytes: [UInt8]
    var count: Int { bytes.count }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The caller has checked the bounds. A number beyond `Int.max` is clamped.
    subscript(offset: Int, size: Int) -> Int {
        Int(clamping: bytes[offset..<offset + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
