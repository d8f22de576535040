/// The header of a bzImage (kernel documentation, arch/x86/boot, "The Real-Mode Kernel Header").
struct BootHeader: Hashable {
    /// The protocol's version, as 0x020F for 2.15.
    let version: UInt16
    /// What `kernel_version` points at: `6.1.0-50-cloud-amd64 (user@host) #1 SMP …`; nil where it points nowhere.
    let banner: String?
    /// Where in the file the compressed kernel lies; nil before protocol 2.08, which brought the fields.
    let payload: Range<Int>?

    /// Nil when there is no such header, or it contradicts the file's size.
    init?(_ bytes: [UInt8]) {
        func little(_ offset: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) } }
        guard bytes.count >= 0x268, bytes[0x202..<0x206].elementsEqual("HdrS".utf8), little(0x1FE, 2) == 0xAA55 else { return nil }
        version = UInt16(little(0x206, 2))
        let pointer = little(0x20E, 2)
        let sectors = bytes[0x1F1] == 0 ? 4 : Int(bytes[0x1F1])
        let protectedMode = (sectors + 1) * 512
        guard bytes.count > protectedMode else { return nil }
        if pointer != 0, pointer + 0x200 < protectedMode {
            let text = bytes[(pointer + 0x200)..<min(pointer + 0x400, bytes.count)].prefix { $0 != 0 }
            banner = text.isEmpty || !text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) ? nil : String(decoding: text, as: UTF8.self)
        } else {
            banner = nil
        }
        guard version >= 0x0208 else {
            payload = nil
            return
        }
        let (start, length) = (protectedMode + little(0x248, 4), little(0x24C, 4))
        guard length > 0, start + length <= bytes.count else { return nil }
        payload = start..<(start + length)
    }

    /// `uname -r`, the banner's first word.
    var release: String? { banner.flatMap(KernelBanner.release) }
    /// `uname -v`, from the number sign on.
    var build: String? { banner.flatMap(KernelBanner.build) }
}
