/// The header of a raw kernel image (kernel documentation, arch/arm64/booting.rst, "Call the kernel image").
struct RawImageHeader: Hashable {
    /// The size of the kernel's pages in KiB; nil where the header does not say.
    let pageSize: Int?

    /// Nil when there is no such header, or it contradicts the file's size.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 64, bytes[56..<60].elementsEqual([0x41, 0x52, 0x4D, 0x64]) else { return nil }
        func little(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) } }
        // The size in memory includes what the kernel clears at its start. A file cut short still has the header.
        guard little(16) == 0 || little(16) < 1 << 32 else { return nil }
        pageSize =
            switch little(24) >> 1 & 3 {
            case 1: 4
            case 2: 16
            case 3: 64
            default: nil
            }
    }

    /// Where the packed kernel lies in an image that UEFI's firmware starts and that unpacks itself (drivers/firmware/efi/libstub/zboot-header.S);
    /// nil for any other file.
    static func packedKernel(_ bytes: [UInt8]) -> Range<Int>? {
        func little(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) } }
        guard bytes.count >= 64, bytes[0] == 0x4D, bytes[1] == 0x5A, bytes[4..<8].elementsEqual("zimg".utf8) else { return nil }
        let (start, size) = (little(8), little(12))
        return start >= 64 && size > 0 && start + size <= bytes.count ? start..<(start + size) : nil
    }
}
