/// What the host says to a guest.
public enum HostMessage: Hashable, Sendable {
    case plan(GuestPlan)
    /// To a guest brought back from a snapshot, before its plan.
    case wake(WakeCall)
    /// From the guest's runner to the process that plays these clients.
    case clients(ClientTask)

    private static let planKind: UInt8 = 101
    private static let clientsKind: UInt8 = 102
    private static let wakeKind: UInt8 = 103

    public func frame(sequence: UInt32) -> Frame {
        var writer = WireWriter()
        switch self {
        case .plan(let plan):
            plan.write(to: &writer)
            return Frame(kind: Self.planKind, sequence: sequence, payload: writer.bytes)
        case .wake(let call):
            call.write(to: &writer)
            return Frame(kind: Self.wakeKind, sequence: sequence, payload: writer.bytes)
        case .clients(let task):
            task.write(to: &writer)
            return Frame(kind: Self.clientsKind, sequence: sequence, payload: writer.bytes)
        }
    }

    public init(_ frame: Frame) throws(ProtocolViolation) {
        var reader = WireReader(frame.payload[...])
        let message: HostMessage?
        switch frame.kind {
        case Self.planKind: message = GuestPlan(reading: &reader).map(HostMessage.plan)
        case Self.clientsKind: message = ClientTask(reading: &reader).map(HostMessage.clients)
        case Self.wakeKind: message = WakeCall(reading: &reader).map(HostMessage.wake)
        default: throw .unknownKind(frame.kind)
        }
        guard let message, reader.isAtEnd else { throw .malformedPayload(kind: frame.kind) }
        self = message
    }
}
