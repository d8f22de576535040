import Glibc

/// Ethernet frames over a stream, each after its length in four bytes, the highest first (QEMU's `-netdev stream`).
final class FrameStream {
    /// No frame is longer. QEMU's own bound is 68 KiB (NET_BUFSIZE).
    static let maximumFrame = 68 << 10

    let descriptor: Int32
    private var buffer: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 128 << 10)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    enum Failure: Error, CustomStringConvertible {
        case frameTooLong(Int)
        case system(String, Int32)

        var description: String {
            switch self {
            case .frameTooLong(let length): "a frame of \(length) bytes, and none is longer than \(FrameStream.maximumFrame)"
            case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
            }
        }
    }

    /// Takes what is there.
    /// - Returns: False when the other side hung up.
    func receive(_ frame: (UnsafeBufferPointer<UInt8>) -> Void) throws(Failure) -> Bool {
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        if count < 0 {
            if errno == EAGAIN || errno == EINTR { return true }
            // It died with something of ours unread.
            if errno == ECONNRESET { return false }
            throw .system("receive", errno)
        }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        var start = 0
        while buffer.count - start >= 4 {
            let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.maximumFrame else { throw .frameTooLong(length) }
            let end = start + 4 + length
            guard end <= buffer.count else { break }
            buffer.withUnsafeBufferPointer { frame(UnsafeBufferPointer(rebasing: $0[(start + 4)..<end])) }
            start = end
        }
        buffer.removeFirst(start)
        return true
    }

    /// Waits until the other side took it. It always does: the emulator reads even while it waits.
    /// - Returns: False when it hung up.
    func send(_ frame: UnsafeRawBufferPointer) -> Bool {
        var header = UInt32(frame.count).bigEndian
        return withUnsafeMutableBytes(of: &header) { header in
            var parts = [
                iovec(iov_base: header.baseAddress, iov_len: header.count),
                iovec(iov_base: UnsafeMutableRawPointer(mutating: frame.baseAddress), iov_len: frame.count),
            ]
            while parts.contains(where: { $0.iov_len > 0 }) {
                var sent = writev(descriptor, &parts, 2)
                if sent < 0, errno == EINTR { continue }
                guard sent >= 0 else { return false }
                for index in parts.indices {
                    let part = min(sent, parts[index].iov_len)
                    parts[index].iov_base = parts[index].iov_base?.advanced(by: part)
                    parts[index].iov_len -= part
                    sent -= part
                }
            }
            return true
        }
    }
}
