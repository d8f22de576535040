import SystemPackage
import TestSupport

/// A guest's network card: speaks ARP and a little TCP over the stream of frames, one connection at a time.
final class EthernetPeer {
    private let connection: UnixConnection
    private var received: [UInt8] = []
    private var sequence: UInt32 = 1000
    private var acknowledged: UInt32 = 0
    private var destination: [UInt8] = []
    private var port: UInt16 = 0

    static let gateway: [UInt8] = [168, 0, 0, 2]
    private static let address: [UInt8] = [168, 0, 0, 15]
    private static let hardware: [UInt8] = [0x52, 0x54, 0, 0x12, 0x34, 0x56]
    private static let localPort: UInt16 = 40_000

    struct Flags {
        static let fin: UInt8 = 1
        static let syn: UInt8 = 2
        static let reset: UInt8 = 4
        static let push: UInt8 = 8
        static let ack: UInt8 = 16
    }

    struct Segment {
        let flags: UInt8
        let sequence: UInt32
        let data: [UInt8]
    }

    /// - Parameter socket: The one that QEMU would connect to, by its name in the folder.
    init(_ socket: String, in folder: FilePath) throws { connection = try UnixConnection(socket, in: folder) }

    func write(_ bytes: [UInt8]) { try? connection.send(bytes) }

    func send(frame: [UInt8]) { write(Self.bytes(UInt32(frame.count)) + frame) }

    /// The next frame; nil when the other side hung up.
    func receive() -> [UInt8]? {
        guard let header = read(4) else { return nil }
        return read(header.reduce(0) { $0 << 8 | Int($1) })
    }

    private func read(_ count: Int) -> [UInt8]? {
        while received.count < count {
            guard let bytes = try? connection.receive(), !bytes.isEmpty else { return nil }
            received += bytes
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    // MARK: ARP

    /// Asks who has an address. By this the network also learns this card's.
    func ask(for address: [UInt8]) {
        send(
            frame: [UInt8](repeating: 0xFF, count: 6) + Self.hardware + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + Self.hardware + Self.address
                + [UInt8](repeating: 0, count: 6) + address)
    }

    /// The frames until the answer to such a question, which comes after all that came before it.
    func framesUntilAnswer() -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let frame = receive() {
            if frame[12..<14] == [8, 6], frame[20..<22] == [0, 2] { return frames }
            frames.append(frame)
        }
        return frames
    }

    // MARK: TCP (RFC 9293)

    func open(_ address: [UInt8], port: UInt16) {
        (destination, self.port) = (address, port)
        transmit(Flags.syn)
        sequence += 1
    }

    func say(_ bytes: [UInt8]) {
        transmit(Flags.ack | Flags.push, bytes)
        sequence += UInt32(bytes.count)
    }

    func hangUp() {
        transmit(Flags.ack | Flags.fin)
        sequence += 1
    }

    /// The next segment of the connection, acknowledged.
    func segment() -> Segment? {
        while let frame = receive() {
            guard frame[12..<14] == [8, 0], frame[23] == 6 else { continue }
            let header = Int(frame[46] >> 4) * 4
            let length = Int(frame[16]) << 8 | Int(frame[17])
            let number = frame[38..<42].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let found = Segment(flags: frame[47], sequence: number, data: Array(frame[(34 + header)..<(14 + length)]))
            let size = UInt32(found.data.count) + (found.flags & (Flags.syn | Flags.fin) != 0 ? 1 : 0)
            if size > 0 {
                acknowledged = found.sequence &+ size
                transmit(Flags.ack)
            }
            return found
        }
        return nil
    }

    /// Completes the connection that a frame accepts; anything else is let pass.
    func complete(_ frame: [UInt8]) {
        guard frame.count > 47, frame[12..<14] == [8, 0], frame[23] == 6, frame[47] == Flags.syn | Flags.ack else { return }
        func number(_ place: Range<Int>) -> UInt32 { frame[place].reduce(0) { $0 << 8 | UInt32($1) } }
        (destination, port) = (Array(frame[26..<30]), UInt16(number(34..<36)))
        (sequence, acknowledged) = (number(42..<46), number(38..<42) &+ 1)
        transmit(Flags.ack)
    }

    private func transmit(_ flags: UInt8, _ data: [UInt8] = []) {
        var segment =
            Self.bytes(Self.localPort) + Self.bytes(port) + Self.bytes(sequence) + Self.bytes(acknowledged) + [0x50, flags] + Self.bytes(UInt16(64_000)) + [
                0, 0, 0, 0,
            ] + data
        let pseudo = Self.address + destination + [0, 6] + Self.bytes(UInt16(segment.count))
        segment.replaceSubrange(16..<18, with: Self.bytes(Self.checksum(pseudo + segment)))
        send(frame: Self.frame(protocol: 6, to: destination, segment))
    }

    /// An IPv4 packet in its frame.
    static func frame(protocol number: UInt8, to destination: [UInt8], _ content: [UInt8]) -> [UInt8] {
        var header: [UInt8] = [0x45, 0] + bytes(UInt16(20 + content.count)) + [0, 1, 0, 0, 64, number, 0, 0] + address + destination
        header.replaceSubrange(10..<12, with: bytes(checksum(header)))
        return [0x52, 0x55] + gateway + hardware + [8, 0] + header + content
    }

    /// A UDP datagram in an IPv6 packet in its frame (RFC 768).
    static func datagram6(to destination: [UInt8], port: UInt16, _ content: [UInt8]) -> [UInt8] {
        frame6(protocol: 17, to: destination, bytes(UInt16(4000)) + bytes(port) + bytes(UInt16(8 + content.count)) + [0, 0] + content, checksumAt: 6)
    }

    /// The first segment of a TCP connection in an IPv6 packet in its frame.
    static func opening6(to destination: [UInt8], port: UInt16) -> [UInt8] {
        let segment = bytes(localPort) + bytes(port) + bytes(UInt32(1000)) + bytes(UInt32(0)) + [0x50, Flags.syn] + bytes(UInt16(64_000)) + [0, 0, 0, 0]
        return frame6(protocol: 6, to: destination, segment, checksumAt: 16)
    }

    /// An IPv6 packet in its frame (RFC 8200). The sender's address is of the network that libslirp has by default.
    private static func frame6(protocol number: UInt8, to destination: [UInt8], _ content: [UInt8], checksumAt place: Int) -> [UInt8] {
        let source: [UInt8] = [0xFE, 0xC0] + [UInt8](repeating: 0, count: 13) + [15]
        var content = content
        let pseudo = source + destination + bytes(UInt32(content.count)) + [0, 0, 0, number]
        content.replaceSubrange(place..<place + 2, with: bytes(checksum(pseudo + content)))
        let header: [UInt8] = [0x60, 0, 0, 0] + bytes(UInt16(content.count)) + [number, 64] + source + destination
        return [0x52, 0x55] + gateway + hardware + [0x86, 0xDD] + header + content
    }

    /// The Internet checksum (RFC 1071).
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(UInt32(0)) { $0 + UInt32(bytes[$1]) << 8 + ($1 + 1 < bytes.count ? UInt32(bytes[$1 + 1]) : 0) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(sum)
    }

    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
