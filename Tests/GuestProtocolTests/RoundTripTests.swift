import GuestProtocol
import MatrixModel
import Testing

@Suite("Every message survives its frame")
struct RoundTripTests {
    @Test("from the guest", arguments: MessageSamples.guest)
    func guest(message: GuestMessage) throws {
        var decoder = FrameDecoder()
        let frames = try decoder.receive(message.frame(sequence: 0).encoded())
        #expect(try frames.map { try GuestMessage($0) } == [message])
        #expect(!decoder.isMidFrame)
    }

    @Test("from the host", arguments: MessageSamples.plans)
    func host(plan: GuestPlan) throws {
        var decoder = FrameDecoder()
        let frames = try decoder.receive(HostMessage.plan(plan).frame(sequence: 0).encoded())
        #expect(try frames.map { try HostMessage($0) } == [.plan(plan)])
    }

    @Test("to a guest from a snapshot", arguments: MessageSamples.calls)
    func wake(call: WakeCall) throws {
        var decoder = FrameDecoder()
        let frame = HostMessage.wake(call).frame(sequence: 0)
        #expect(try decoder.receive(frame.encoded()).map { try HostMessage($0) } == [.wake(call)])
        for length in 0..<frame.payload.count {
            let cut = Frame(kind: frame.kind, sequence: 0, payload: Array(frame.payload.prefix(length)))
            #expect(throws: ProtocolViolation.malformedPayload(kind: frame.kind)) { try HostMessage(cut) }
        }
    }

    @Test("to a process that plays clients", arguments: [true, false])
    func clients(isBurst: Bool) throws {
        let task = ClientTask(specs: MessageSamples.clients, isBurst: isBurst, deadline: 7)
        var decoder = FrameDecoder()
        let frames = try decoder.receive(HostMessage.clients(task).frame(sequence: 0).encoded())
        #expect(try frames.map { try HostMessage($0) } == [.clients(task)])
    }

    @Test("with the members of a burst counted as clients of their own, their names in their requests")
    func burst() {
        let spec = ClientSpec(name: "c", kind: .http, user: 0, address: [1, 2, 3, 4], port: 80, request: Array("X: {client}\r\n{clien".utf8))
        let plan = GuestPlan(layout: .unified, agentPath: "a", steps: [.burst([spec], count: 3), .finish, .clients([spec])])
        #expect(plan.clients.map(\.name) == ["c-0", "c-1", "c-2", "c"])
        #expect(plan.clients.map { String(decoding: $0.bytes, as: UTF8.self) }.first == "X: c-0\r\n{clien")
    }

    @Test("and no two messages share one")
    func distinct() {
        let encoded = MessageSamples.guest.map { $0.frame(sequence: 0).encoded() }
        #expect(Set(encoded).count == encoded.count)
    }

    @Test("in the layout the contract documents")
    func layout() {
        let bytes = GuestMessage.phase(.agentStarted, uptimeMilliseconds: 0x0102).frame(sequence: 0x0A0B).encoded()
        #expect(
            bytes == [
                0x4B, 0x4D, 0x58, 0x31, 2, 0, 0, 0, 0x0B, 0x0A, 0, 0, 9, 0, 0, 0, 0x28, 0x5D, 0xCC, 0x48, 5, 0x02, 0x01, 0, 0, 0, 0, 0, 0,
            ])
    }
}
