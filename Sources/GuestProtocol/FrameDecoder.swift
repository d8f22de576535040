/// Cuts a stream of bytes into frames and refuses everything else. Holds at most one incomplete frame.
public struct FrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var nextSequence: UInt32 = 0
    private var received = 0
    private var violation: ProtocolViolation?

    public init() {}

    /// Whether the stream stopped inside a frame.
    public var isMidFrame: Bool { !buffer.isEmpty }

    /// What one delivery of bytes came to: the frames it completed, and what then broke the contract, if anything did.
    public struct Delivery: Hashable, Sendable {
        public let frames: [Frame]
        public let violation: ProtocolViolation?
    }

    /// Takes bytes as they came. Frames that were whole before a violation are still given; after one, nothing more is read.
    public mutating func decode(_ bytes: some Sequence<UInt8>) -> Delivery {
        if let violation { return Delivery(frames: [], violation: violation) }
        let before = buffer.count
        buffer.append(contentsOf: bytes)
        received += buffer.count - before
        var frames: [Frame] = []
        var start = 0
        do throws(ProtocolViolation) {
            guard received <= WireFormat.maximumTotal else { throw .totalTooLarge }
            while let frame = try nextFrame(from: start) {
                frames.append(frame)
                start += WireFormat.headerSize + frame.payload.count
            }
            buffer.removeFirst(start)
        } catch {
            violation = error
            buffer.removeAll()
        }
        return Delivery(frames: frames, violation: violation)
    }

    /// Takes bytes as they came and returns the frames they completed. A violation takes those of the same delivery with it: where they
    /// matter, use `decode`.
    public mutating func receive(_ bytes: some Sequence<UInt8>) throws(ProtocolViolation) -> [Frame] {
        let delivery = decode(bytes)
        if let violation = delivery.violation { throw violation }
        return delivery.frames
    }

    private mutating func nextFrame(from start: Int) throws(ProtocolViolation) -> Frame? {
        let available = buffer.count - start
        let seen = Array(buffer[start..<min(start + WireFormat.magic.count, buffer.count)])
        // Garbage is reported at its first wrong byte, not after a whole header.
        guard seen == Array(WireFormat.magic.prefix(seen.count)) else {
            throw .badMagic(Array(buffer[start..<min(start + 16, buffer.count)]))
        }
        guard available >= WireFormat.headerSize else { return nil }
        var reader = WireReader(buffer[(start + 4)..<(start + WireFormat.headerSize)])
        guard buffer[(start + 5)..<(start + 8)].allSatisfy({ $0 == 0 }) else { throw .badMagic(Array(buffer[start..<(start + 16)])) }
        guard let kind = reader.readUInt8(), reader.skip(3), let sequence = reader.readUInt32(), let length = reader.readUInt32(),
            let checksum = reader.readUInt32()
        else { return nil }
        guard length <= WireFormat.maximumPayload else { throw .oversizedPayload(Int(length)) }
        guard available >= WireFormat.headerSize + Int(length) else { return nil }
        let from = start + WireFormat.headerSize
        let payload = Array(buffer[from..<(from + Int(length))])
        guard CRC32.checksum(payload) == checksum else { throw .badChecksum(sequence: sequence) }
        guard sequence == nextSequence else { throw .outOfSequence(expected: nextSequence, got: sequence) }
        nextSequence &+= 1
        return Frame(kind: kind, sequence: sequence, payload: payload)
    }
}
