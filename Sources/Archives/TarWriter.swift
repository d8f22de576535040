/// Writes a tar archive in memory (ustar, POSIX.1-1988): files of root's with fixed times, so that the same files give the same bytes.
public enum TarWriter {
    /// - Parameter files: Names of at most 100 bytes; longer ones lose their beginning.
    public static func archive(_ files: [(name: String, bytes: [UInt8])], modified: Int = 0) -> [UInt8] {
        var out: [UInt8] = []
        for (name, bytes) in files {
            out += header(name: name, size: bytes.count, modified: modified)
            out += bytes
            out += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
        }
        return out + [UInt8](repeating: 0, count: 1024)
    }

    private static func header(name: String, size: Int, modified: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) { for (index, byte) in bytes.enumerated() { header[offset + index] = byte } }
        func octal(_ value: Int, digits: Int) -> [UInt8] {
            let text = String(value, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
        }
        put(name.utf8.suffix(100), at: 0)
        put(octal(0o644, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(modified, digits: 11), at: 136)
        header[156] = UInt8(ascii: "0")
        put("ustar\u{0}00".utf8, at: 257)
        put([UInt8](repeating: 0x20, count: 8), at: 148)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + [0, 0x20], at: 148)
        return header
    }
}
