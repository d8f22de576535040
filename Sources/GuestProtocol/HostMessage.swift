/// What the host says to a guest.
public enum HostMessage: Hashable, Sendable {
    case plan(GuestPlan)

    private static let planKind: UInt8 = 101

    public func frame(sequence: UInt32) -> Frame {
        switch self {
        case .plan(let plan):
            var writer = WireWriter()
            plan.write(to: &writer)
            return Frame(kind: Self.planKind, sequence: sequence, payload: writer.bytes)
        }
    }

    public init(_ frame: Frame) throws(ProtocolViolation) {
        guard frame.kind == Self.planKind else { throw .unknownKind(frame.kind) }
        var reader = WireReader(frame.payload[...])
        guard let plan = GuestPlan(reading: &reader), reader.isAtEnd else { throw .malformedPayload(kind: frame.kind) }
        self = .plan(plan)
    }
}
