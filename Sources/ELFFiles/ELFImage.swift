/// As much of an ELF file as matters here (System V ABI, "ELF-64 Object File Format"). Every offset is checked.
public struct ELFImage: Sendable {
    public enum FileType: UInt16, Sendable {
        case relocatable = 1, executable = 2, shared = 3, core = 4
    }

    public let type: FileType?
    public let machine: UInt16
    let bytes: [UInt8]

    public static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    public static let bpf: UInt16 = 247

    /// Nil for anything but a little-endian 64-bit ELF file.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= 64, bytes.starts(with: Self.magic), bytes[4] == 2, bytes[5] == 1 else { return nil }
        self.bytes = bytes
        type = FileType(rawValue: UInt16(bytes[16]) | UInt16(bytes[17]) << 8)
        machine = UInt16(bytes[18]) | UInt16(bytes[19]) << 8
    }

    /// Whether the notes hold XEN_ELFNOTE_PHYS32_ENTRY (18 of owner "Xen"; xen/interface/elfnote.h), the PVH entry by which QEMU
    /// starts an uncompressed kernel.
    public var hasPVHEntry: Bool { noteSegments.contains { Self.holdsPVHNote(bytes[$0]) } }

    /// The content of a section by its name; nil when there is none.
    public func section(named wanted: String) -> ArraySlice<UInt8>? { sections.first { $0.name == wanted }?.content }

    private var noteSegments: [Range<Int>] {
        guard let offset = integer(at: 32, size: 8), let size = integer(at: 54, size: 2), let count = integer(at: 56, size: 2), size >= 56
        else { return [] }
        return (0..<count).compactMap { index in
            let header = offset &+ index * size
            guard integer(at: header, size: 4) == 4, let start = integer(at: header &+ 8, size: 8),
                let length = integer(at: header &+ 32, size: 8)
            else { return nil }
            return checked(start, length)
        }
    }

    private static func holdsPVHNote(_ notes: ArraySlice<UInt8>) -> Bool {
        var rest = notes
        while rest.count >= 12 {
            let header = (0..<3).map { field in (0..<4).reduce(0) { $0 | Int(rest[rest.startIndex + field * 4 + $1]) << ($1 * 8) } }
            let (nameSize, contentSize, type) = (header[0], header[1], header[2])
            let total = 12 + (nameSize + 3) / 4 * 4 + (contentSize + 3) / 4 * 4
            guard total <= rest.count else { return false }
            let name = rest.dropFirst(12).prefix(nameSize)
            if type == 18, name.elementsEqual("Xen\0".utf8) { return true }
            rest = rest.dropFirst(total)
        }
        return false
    }

    func checked(_ start: Int, _ length: Int) -> Range<Int>? {
        let (end, overflow) = start.addingReportingOverflow(length)
        guard !overflow, start >= 0, length >= 0, end <= bytes.count else { return nil }
        return start..<end
    }

    /// A little-endian integer that fits an `Int`; nil outside the file.
    func integer(at offset: Int, size: Int) -> Int? {
        guard let range = checked(offset, size) else { return nil }
        let value = bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }
}
