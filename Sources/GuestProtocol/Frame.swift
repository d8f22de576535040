/// One frame of the control channel, before its payload is understood.
public struct Frame: Hashable, Sendable {
    public let kind: UInt8
    public let sequence: UInt32
    public let payload: [UInt8]

    public init(kind: UInt8, sequence: UInt32, payload: [UInt8]) {
        self.kind = kind
        self.sequence = sequence
        self.payload = payload
    }

    /// Header and payload, ready to send.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.bytes.reserveCapacity(WireFormat.headerSize + payload.count)
        writer.bytes.append(contentsOf: WireFormat.magic)
        writer.write(kind)
        writer.bytes.append(contentsOf: [0, 0, 0])
        writer.write(sequence)
        writer.write(UInt32(payload.count))
        writer.write(CRC32.checksum(payload))
        writer.bytes.append(contentsOf: payload)
        return writer.bytes
    }
}
