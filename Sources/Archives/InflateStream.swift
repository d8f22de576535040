import CZlib

/// Decompresses DEFLATE (RFC 1951) or gzip (RFC 1952) that arrives piece by piece. What comes out is handed on in pieces too, so the memory
/// does not depend on either size.
public final class InflateStream {
    public enum Form: Hashable, Sendable {
        /// A bare stream, as zip has it.
        case deflate
        /// The members of a gzip file, one after the other. What follows the last one is ignored.
        case gzip

        /// zlib's number for it: negative for a bare stream, 16 more for gzip's header and trailer.
        fileprivate var windowBits: Int32 { self == .gzip ? MAX_WBITS + 16 : -MAX_WBITS }
    }

    private enum State { case betweenMembers, within, ended }

    private let form: Form
    /// zlib remembers the address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var output = [UInt8](repeating: 0, count: 1 << 16)
    private var state = State.betweenMembers

    public init(_ form: Form) {
        self.form = form
        stream.initialize(to: z_stream())
        inflateInit2_(stream, form.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// - Parameters:
    ///   - packed: The next piece.
    ///   - body: Receives what comes out of it, in pieces of at most 64 KiB.
    /// - Throws: `malformed` for damage; what came out before was handed on.
    public func add(_ packed: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws(ArchiveError) -> Void) throws(ArchiveError) {
        try packed.withUnsafeBufferPointer { (packed) throws(ArchiveError) in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
            stream.pointee.avail_in = UInt32(packed.count)
            while state != .ended, stream.pointee.avail_in > 0 {
                if state == .betweenMembers {
                    guard form == .deflate || stream.pointee.next_in.pointee == 0x1F else { return state = .ended }
                    state = .within
                }
                try step(body)
            }
        }
    }

    /// Decompresses until the output is full or the input is used up.
    private func step(_ body: (ArraySlice<UInt8>) throws(ArchiveError) -> Void) throws(ArchiveError) {
        var status = Z_OK
        repeat {
            let left = output.withUnsafeMutableBufferPointer { room in
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                status = inflate(stream, Z_NO_FLUSH)
                return Int(stream.pointee.avail_out)
            }
            if left < output.count { try body(output[..<(output.count - left)]) }
        } while status == Z_OK && stream.pointee.avail_out == 0
        switch status {
        // Z_BUF_ERROR: the next piece goes on from here.
        case Z_OK, Z_BUF_ERROR: return
        case Z_STREAM_END:
            state = form == .gzip ? .betweenMembers : .ended
            inflateReset(stream)
        default:
            state = .ended
            throw .malformed(stream.pointee.msg.map { String(cString: $0) } ?? "the stream is damaged")
        }
    }

    /// - Throws: `malformed` when the stream breaks off.
    public func finish() throws(ArchiveError) {
        if state == .within { throw .malformed("the stream breaks off") }
    }
}
