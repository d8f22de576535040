import Glibc

/// An open file descriptor that is closed with its owner.
struct Descriptor: ~Copyable {
    let raw: Int32

    init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Reads the available bytes, at most `limit`; empty at the end. Blocks unless the descriptor is non-blocking.
    func read(upTo limit: Int) throws(SystemCallError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var got: Int
            repeat { got = Glibc.read(raw, buffer.baseAddress, limit) } while got < 0 && errno == EINTR
            if got < 0 { failure = errno }
            count = max(got, 0)
        }
        guard failure == 0 else { throw SystemCallError("read", code: failure) }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(SystemCallError) { try write(bytes[...]) }

    func write(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) {
        var start = 0
        while start < bytes.count {
            let sent = bytes.withUnsafeBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                return Glibc.write(raw, base + start, bytes.count - start)
            }
            if sent >= 0 {
                start += sent
            } else if errno != EINTR {
                throw SystemCallError("write", code: errno)
            }
        }
    }
}
