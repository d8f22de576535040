import SystemPackage

enum FileTail {
    /// The last bytes of a file as text; empty when it cannot be read. What is not UTF-8 becomes the replacement character.
    static func text(of path: FilePath, bytes limit: Int) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return "" }
        defer { try? file.close() }
        guard let end = try? file.seek(offset: 0, from: .end) else { return "" }
        var start = max(0, end - Int64(limit))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        // The size is taken once: the file may still grow.
        while start < end {
            let count = buffer.withUnsafeMutableBytes { (try? file.read(fromAbsoluteOffset: start, into: $0)) ?? 0 }
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer.prefix(min(count, Int(end - start))))
            start += Int64(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
