import CZlib

/// Decompresses DEFLATE (RFC 1951), bounded: what unpacks to more than it may is refused as it grows.
public enum Inflate {
    /// - Returns: What came out, and where in the input the stream ended.
    public static func decompress(_ input: ArraySlice<UInt8>, limit: Int) throws(ArchiveError) -> (bytes: [UInt8], end: Int) {
        var stream = z_stream()
        // Negative: a bare stream, without the header and checksum of zlib's own form.
        guard input.count <= UInt32.max, inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .tooLarge("\(input.count) bytes")
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        try input.withUnsafeBufferPointer { (packed) throws(ArchiveError) in
            stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
            stream.avail_in = UInt32(packed.count)
            try run(&stream, into: &output, limit: limit)
        }
        return (output, input.endIndex - Int(stream.avail_in))
    }

    private static func run(_ stream: inout z_stream, into output: inout [UInt8], limit: Int) throws(ArchiveError) {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var status = Z_OK
        while status != Z_STREAM_END {
            let left = piece.withUnsafeMutableBufferPointer { room in
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(room.count)
                status = inflate(&stream, Z_NO_FLUSH)
                return Int(stream.avail_out)
            }
            output += piece.dropLast(left)
            guard output.count <= limit else { throw .tooLarge("more than \(limit) bytes once unpacked") }
            switch status {
            case Z_OK, Z_STREAM_END: continue
            case Z_BUF_ERROR: throw .malformed("the stream breaks off")
            default: throw .malformed(stream.msg.map { String(cString: $0) } ?? "the stream is damaged")
            }
        }
    }

    /// Decompresses the members of a gzip file (RFC 1952), one after the other. Its checksums are not looked at: what is salvaged counts.
    public static func gunzip(_ input: [UInt8], limit: Int) throws(ArchiveError) -> [UInt8] {
        var rest = input[...]
        var out: [UInt8] = []
        while rest.starts(with: [0x1F, 0x8B, 0x08]) {
            let (bytes, end) = try decompress(rest.dropFirst(headerLength(rest)), limit: limit - out.count)
            out += bytes
            rest = end + 8 <= rest.endIndex ? rest[(end + 8)...] : []
        }
        return out
    }

    private static func headerLength(_ member: ArraySlice<UInt8>) throws(ArchiveError) -> Int {
        guard member.count >= 18 else { throw .malformed("the gzip file breaks off in its header") }
        let flags = member[member.startIndex + 3]
        var length = 10
        if flags & 4 != 0 { length += 2 + Int(member[member.startIndex + length]) + Int(member[member.startIndex + length + 1]) << 8 }
        // A name and a comment, each ending with a zero.
        for flag: UInt8 in [8, 16] where flags & flag != 0 { length += member.dropFirst(length).prefix { $0 != 0 }.count + 1 }
        if flags & 2 != 0 { length += 2 }
        guard length < member.count else { throw .malformed("the gzip file breaks off in its header") }
        return length
    }
}
