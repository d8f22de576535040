import GuestProtocol
import MatrixModel
import Testing

@Suite("A message is refused")
struct MalformedMessageTests {
    @Test("when its payload ends early or goes on", arguments: MessageSamples.guest)
    func guestLengths(message: GuestMessage) {
        let frame = message.frame(sequence: 0)
        for length in 0..<min(frame.payload.count, 300) {
            let cut = Frame(kind: frame.kind, sequence: 0, payload: Array(frame.payload.prefix(length)))
            #expect(throws: ProtocolViolation.malformedPayload(kind: frame.kind)) { try GuestMessage(cut) }
        }
        let longer = Frame(kind: frame.kind, sequence: 0, payload: frame.payload + [0])
        #expect(throws: ProtocolViolation.malformedPayload(kind: frame.kind)) { try GuestMessage(longer) }
    }

    @Test("when a plan ends early or goes on", arguments: MessageSamples.plans)
    func planLengths(plan: GuestPlan) {
        let frame = HostMessage.plan(plan).frame(sequence: 0)
        for length in 0..<frame.payload.count {
            let cut = Frame(kind: frame.kind, sequence: 0, payload: Array(frame.payload.prefix(length)))
            #expect(throws: ProtocolViolation.malformedPayload(kind: frame.kind)) { try HostMessage(cut) }
        }
        #expect(throws: ProtocolViolation.malformedPayload(kind: frame.kind)) {
            try HostMessage(Frame(kind: frame.kind, sequence: 0, payload: frame.payload + [0]))
        }
    }

    @Test("when its kind is unknown", arguments: [0, 11, 100, 101, 255] as [UInt8])
    func unknownKind(kind: UInt8) {
        #expect(throws: ProtocolViolation.unknownKind(kind)) { try GuestMessage(Frame(kind: kind, sequence: 0, payload: [])) }
    }

    @Test("when a guest's message comes from the host and the other way round")
    func wrongDirection() {
        #expect(throws: ProtocolViolation.unknownKind(8)) { try HostMessage(GuestMessage.farewell.frame(sequence: 0)) }
        #expect(throws: ProtocolViolation.unknownKind(101)) { try GuestMessage(HostMessage.plan(MessageSamples.plans[0]).frame(sequence: 0)) }
    }

    @Test("when the guest speaks another version", arguments: [0, 1, UInt32.max])
    func version(version: UInt32) {
        let hello = GuestMessage.hello(GuestHello(version: version, release: "r", machine: "m", uptimeMilliseconds: 1))
        #expect(throws: ProtocolViolation.versionMismatch(version)) { try GuestMessage(hello.frame(sequence: 0)) }
    }

    @Test("when it names an evidence item, a phase or an ending that does not exist")
    func unknownNumbers() {
        for payload: [UInt8] in [[0, 0, 0, 0, 0], [9, 0, 0, 0, 0], [255, 0, 0, 0, 0]] {
            #expect(throws: ProtocolViolation.malformedPayload(kind: 3)) { try GuestMessage(Frame(kind: 3, sequence: 0, payload: payload)) }
        }
        for phase: UInt8 in [0, 12, 255] {
            let payload = [phase] + [UInt8](repeating: 0, count: 8)
            #expect(throws: ProtocolViolation.malformedPayload(kind: 2)) { try GuestMessage(Frame(kind: 2, sequence: 0, payload: payload)) }
        }
        #expect(throws: ProtocolViolation.malformedPayload(kind: 6)) { try GuestMessage(Frame(kind: 6, sequence: 0, payload: [4, 0, 0, 0, 0])) }
    }

    @Test("when a yes or no is neither")
    func booleans() {
        let payload = [EvidenceItem.status.rawValue] + [UInt8](repeating: 0, count: 8) + [2]
        #expect(throws: ProtocolViolation.malformedPayload(kind: 4)) { try GuestMessage(Frame(kind: 4, sequence: 0, payload: payload)) }
    }

    @Test("when a count promises more than came")
    func counts() {
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        #expect(throws: ProtocolViolation.malformedPayload(kind: 7)) { try GuestMessage(Frame(kind: 7, sequence: 0, payload: huge + huge)) }
        let layout = Array(CgroupLayout.unified.rawValue.utf8)
        let beginning: [UInt8] = [1, UInt8(layout.count), 0, 0, 0] + layout + [0, 0, 0, 0]
        #expect(throws: ProtocolViolation.malformedPayload(kind: 101)) { try HostMessage(Frame(kind: 101, sequence: 0, payload: beginning + huge)) }
    }

    @Test("but text that is no UTF-8 is kept with replacement characters")
    func notUTF8() throws {
        let payload: [UInt8] = [2, 0, 0, 0, 0xFF, 0x41, 0, 0, 0, 0]
        #expect(try GuestMessage(Frame(kind: 7, sequence: 0, payload: payload)) == .setupFailed(step: "\u{FFFD}A", reason: ""))
    }

    @Test("with words a person can use")
    func words() {
        let violations: [ProtocolViolation] = [
            .badMagic([0, 255]), .oversizedPayload(9), .badChecksum(sequence: 1), .outOfSequence(expected: 1, got: 2), .unknownKind(3),
            .malformedPayload(kind: 4), .versionMismatch(2), .itemTooLarge(item: 1), .totalTooLarge,
        ]
        #expect(Set(violations.map(\.description)).count == violations.count)
        #expect(violations[0].description.contains("00 ff"))
    }
}
