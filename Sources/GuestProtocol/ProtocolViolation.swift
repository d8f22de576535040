/// What the other side of the control channel did wrong. After one, nothing further on the channel is believed.
public enum ProtocolViolation: Error, Hashable, Sendable, CustomStringConvertible {
    case badMagic([UInt8])
    case oversizedPayload(Int)
    case badChecksum(sequence: UInt32)
    case outOfSequence(expected: UInt32, got: UInt32)
    case unknownKind(UInt8)
    case malformedPayload(kind: UInt8)
    case versionMismatch(UInt32)
    case itemTooLarge(item: UInt8)
    case totalTooLarge
    /// The hello of a guest from a snapshot that does not answer its wake call.
    case notWoken

    public var description: String {
        switch self {
        case .badMagic(let bytes): "bytes that start no frame: \(bytes.prefix(16).map { Self.hex($0) }.joined(separator: " "))"
        case .oversizedPayload(let size): "a frame of \(size) bytes, where \(WireFormat.maximumPayload) are allowed"
        case .badChecksum(let sequence): "frame \(sequence) was damaged (its checksum does not fit)"
        case .outOfSequence(let expected, let got): "frame \(got) came where \(expected) was due"
        case .unknownKind(let kind): "an unknown kind of message (\(kind))"
        case .malformedPayload(let kind): "a message of kind \(kind) that cannot be read"
        case .versionMismatch(let version): "version \(version) of the contract, where this side speaks \(WireFormat.version)"
        case .itemTooLarge(let item): "more than \(WireFormat.maximumItem) bytes of evidence item \(item)"
        case .notWoken: "a hello that does not answer the wake call of this guest"
        case .totalTooLarge: "more than \(WireFormat.maximumTotal) bytes in all"
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count == 1 ? "0" + text : text
    }
}
