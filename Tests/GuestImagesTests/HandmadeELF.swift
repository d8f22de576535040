/// ELF files as small as they can be.
enum HandmadeELF {
    /// A 64-bit file with one note segment and, if given, one section `.modinfo`.
    static func file(type: UInt16, machine: UInt16 = 62, note: [UInt8] = [], modinfo: [UInt8]? = nil, tail: [UInt8] = []) -> [UInt8] {
        let names = Array("\0.modinfo\0.shstrtab\0".utf8)
        let noteOffset = 64 + 56
        let modinfoOffset = noteOffset + note.count
        let namesOffset = modinfoOffset + (modinfo?.count ?? 0)
        let sectionsOffset = namesOffset + names.count
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        bytes += little(type, 2) + little(machine, 2) + little(1, 4) + little(0, 8) + little(64, 8) + little(modinfo == nil ? 0 : sectionsOffset, 8)
        bytes +=
            little(0, 4) + little(64, 2) + little(56, 2) + little(1, 2) + little(64, 2) + little(modinfo == nil ? 0 : 3, 2) + little(modinfo == nil ? 0 : 2, 2)
        bytes += little(4, 4) + little(0, 4) + little(noteOffset, 8) + little(0, 16) + little(note.count, 8) + little(note.count, 8) + little(4, 8)
        bytes += note + (modinfo ?? [])
        guard let modinfo else { return bytes + tail }
        bytes += names + [UInt8](repeating: 0, count: 64)
        bytes += section(name: 1, offset: modinfoOffset, size: modinfo.count) + section(name: 10, offset: namesOffset, size: names.count)
        return bytes + tail
    }

    static let pvhNote: [UInt8] = little(4, 4) + little(8, 4) + little(18, 4) + Array("Xen\0".utf8) + little(0x0100_0000, 8)
    static let otherNote: [UInt8] = little(4, 4) + little(4, 4) + little(6, 4) + Array("Xen\0".utf8) + little(7, 4)

    static func module(depends: String, softdep: String? = nil) -> [UInt8] {
        let texts = ["license=GPL", "depends=\(depends)"] + (softdep.map { ["softdep=\($0)"] } ?? []) + ["name=x"]
        return file(type: 1, modinfo: texts.flatMap { Array($0.utf8) + [0] })
    }

    /// A bzImage whose compressed kernel is `payload`.
    static func bzImage(payload: [UInt8], version: UInt16 = 0x020F, banner: String = "6.1.0-test (builder) #1 SMP") -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1024)
        bytes[0x1F1] = 1
        bytes.replaceSubrange(0x1FE..<0x200, with: [0x55, 0xAA])
        bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
        bytes.replaceSubrange(0x206..<0x208, with: little(version, 2))
        bytes.replaceSubrange(0x20E..<0x210, with: little(0x300 - 0x200, 2))
        bytes.replaceSubrange(0x248..<0x24C, with: little(16, 4))
        bytes.replaceSubrange(0x24C..<0x250, with: little(payload.count, 4))
        bytes.replaceSubrange(0x300..<(0x300 + banner.utf8.count), with: Array(banner.utf8))
        return bytes + [UInt8](repeating: 0xCC, count: 16) + payload
    }

    /// A raw image, as arm64's kernels are.
    static func rawImage(pageSize: Int = 4, banner: String = "Linux version 6.1.0-test (builder) #1 SMP") -> [UInt8] {
        let flag = [4: 1, 16: 2, 64: 3][pageSize] ?? 0
        var bytes: [UInt8] = [0x4D, 0x5A, 0, 0, 0, 0, 0, 0] + little(0, 8) + little(1 << 20, 8) + little(flag << 1, 8) + [UInt8](repeating: 0, count: 24)
        bytes += Array("ARMd".utf8) + little(64, 4)
        return bytes + [UInt8](repeating: 0xCC, count: 64) + Array(banner.utf8) + [0]
    }

    /// What UEFI's firmware starts and unpacks itself.
    static func selfUnpacking(payload: [UInt8]) -> [UInt8] {
        [0x4D, 0x5A, 0, 0] + Array("zimg".utf8) + little(64, 4) + little(payload.count, 4) + [UInt8](repeating: 0, count: 48) + payload
    }

    private static func section(name: Int, offset: Int, size: Int) -> [UInt8] {
        little(name, 4) + little(1, 4) + little(0, 16) + little(offset, 8) + little(size, 8) + [UInt8](repeating: 0, count: 24)
    }

    private static func little(_ value: some BinaryInteger, _ size: Int) -> [UInt8] {
        (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: Int(value) >> (8 * $0)) : 0 }
    }
}
