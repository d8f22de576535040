import CGuestSystem
import Glibc
import GuestProtocol

/// One HTTP request over TCP in user space (RFC 9293), from an address that no host has. The kernel's own TCP, and any program attached to it,
/// does not see the connection. The platform answers as to a client that bypasses the agent.
struct RawTCPClient {
    let spec: ClientSpec
    private let interface: String
    /// In the guest's network, but not assigned: the kernel drops packets to it without an answer.
    static let source: [UInt8] = [168, 0, 0, 77]
    static let sourcePort: UInt16 = 40_001
    private static let (fin, syn, psh, ack): (UInt8, UInt8, UInt8, UInt8) = (1, 2, 8, 16)

    init(spec: ClientSpec) {
        self.spec = spec
        interface = NetworkSetup.interface() ?? "eth0"
    }

    func carryOut(deadline: Deadline) -> ClientReport {
        let start = gs_monotonic_microseconds()
        func report(_ answer: HTTPAnswer?, _ bytes: [UInt8], _ error: Int32?, _ failure: String) -> ClientReport {
            let body = answer.map { Array(bytes.dropFirst($0.bodyStart)) } ?? []
            return ClientReport(
                name: spec.name, connectError: error, peer: "", httpStatus: answer?.status, hasProxyHeader: answer?.hasProxyHeader ?? false,
                body: Array(body.prefix(ClientReport.maximumBody)), bodyChecksum: CRC32.checksum(body),
                microseconds: gs_monotonic_microseconds() - start, failure: failure)
        }
        let raw = gs_packet_socket(interface)
        guard raw >= 0 else { return report(nil, [], -raw, "") }
        let socket = Descriptor(owning: raw)
        do throws(SystemCallError) {
            return try converse(socket, deadline: deadline, report)
        } catch {
            return report(nil, [], nil, "\(error)")
        }
    }

    private func converse(
        _ socket: borrowing Descriptor, deadline: Deadline, _ report: (HTTPAnswer?, [UInt8], Int32?, String) -> ClientReport
    ) throws(SystemCallError) -> ClientReport {
        try SystemCallError.check(gs_packet_announce(socket.raw, interface, Self.source), "announce an address on", interface)
        var own: UInt32 = 1_000
        try send(socket, Self.segment(spec, flags: Self.syn, sequence: own, acknowledged: 0))
        guard let greeting = try next(socket, deadline), greeting.flags & (Self.syn | Self.ack) == Self.syn | Self.ack else {
            return report(nil, [], ECONNREFUSED, "")
        }
        own += 1
        var theirs = greeting.sequence &+ 1
        try send(socket, Self.segment(spec, flags: Self.ack, sequence: own, acknowledged: theirs))
        let request = spec.bytes
        try send(socket, Self.segment(spec, flags: Self.ack | Self.psh, sequence: own, acknowledged: theirs, payload: request))
        own += UInt32(request.count)
        var answer: [UInt8] = []
        while answer.count < ClientExchange.maximumAnswer, let segment = try next(socket, deadline) {
            // A segment out of order is dropped; it will be sent again.
            guard segment.sequence == theirs else { continue }
            answer += segment.payload
            theirs = theirs &+ UInt32(segment.payload.count) &+ (segment.flags & Self.fin != 0 ? 1 : 0)
            try send(socket, Self.segment(spec, flags: Self.ack, sequence: own, acknowledged: theirs))
            do throws(HTTPAnswer.Malformed) {
                if let parsed = try HTTPAnswer(answer), parsed.isComplete(answer) || segment.flags & Self.fin != 0 { return report(parsed, answer, nil, "") }
            } catch {
                return report(nil, [], nil, "the answer is not HTTP")
            }
            if segment.flags & Self.fin != 0 { break }
        }
        return report(nil, [], nil, "the answer did not end in time")
    }

    private func send(_ socket: borrowing Descriptor, _ packet: [UInt8]) throws(SystemCallError) {
        try SystemCallError.check(gs_packet_send(socket.raw, interface, packet, Int32(packet.count)), "send a packet on", interface)
    }

    private func next(_ socket: borrowing Descriptor, _ deadline: Deadline) throws(SystemCallError) -> Segment? {
        while !deadline.hasPassed {
            guard try Readiness.wait(for: [socket.raw], timeout: deadline.remaining).isReady(0) else { continue }
            if let segment = Segment(try socket.read(upTo: 2048), from: spec.address, port: spec.port) { return segment }
        }
        return nil
    }

    // MARK: Packets

    /// A TCP segment for this client.
    struct Segment: Hashable {
        let flags: UInt8
        let sequence: UInt32
        let payload: [UInt8]

        /// Nil for a packet of another connection.
        init?(_ packet: [UInt8], from address: [UInt8], port: UInt16) {
            guard packet.count >= 40, packet[0] >> 4 == 4, packet[9] == 6 else { return nil }
            let header = Int(packet[0] & 15) * 4
            let total = Int(packet[2]) << 8 | Int(packet[3])
            guard header >= 20, total <= packet.count, total >= header + 20, Array(packet[12..<16]) == address, Array(packet[16..<20]) == RawTCPClient.source
            else { return nil }
            let tcp = packet[header..<total]
            let start = tcp.startIndex
            let offset = Int(tcp[start + 12] >> 4) * 4
            guard UInt16(tcp[start]) << 8 | UInt16(tcp[start + 1]) == port, UInt16(tcp[start + 2]) << 8 | UInt16(tcp[start + 3]) == RawTCPClient.sourcePort,
                offset >= 20, offset <= tcp.count
            else { return nil }
            sequence = (0..<4).reduce(0) { $0 << 8 | UInt32(tcp[start + 4 + $1]) }
            flags = tcp[start + 13]
            payload = Array(tcp.dropFirst(offset))
        }
    }

    /// A whole IPv4 packet (RFC 791) with a TCP segment in it, checksums and all.
    static func segment(_ spec: ClientSpec, flags: UInt8, sequence: UInt32, acknowledged: UInt32, payload: [UInt8] = []) -> [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        var tcp: [UInt8] = bytes(sourcePort)
        tcp += bytes(spec.port)
        tcp += bytes(sequence)
        tcp += bytes(acknowledged)
        tcp.append(5 << 4)
        tcp.append(flags)
        tcp += bytes(UInt16(65_535))
        // The checksum, and no urgent data.
        tcp += [UInt8](repeating: 0, count: 4)
        tcp += payload
        let length = UInt16(tcp.count)
        var pseudo: [UInt8] = source
        pseudo += spec.address
        pseudo += [0, 6]
        pseudo += bytes(length)
        tcp.replaceSubrange(16..<18, with: bytes(checksum(pseudo + tcp)))
        var ip: [UInt8] = [0x45, 0]
        ip += bytes(20 + length)
        ip += [0, 0, 0x40, 0, 64, 6, 0, 0]
        ip += source
        ip += spec.address
        ip.replaceSubrange(10..<12, with: bytes(checksum(ip)))
        return ip + tcp
    }

    /// The internet's checksum (RFC 1071).
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            let (high, low) = (UInt32(bytes[index]) << 8, index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
            sum += high | low
        }
        while sum >> 16 != 0 { sum = (sum & 0xFFFF) + (sum >> 16) }
        return ~UInt16(sum)
    }
}
