import GuestProtocol
import MatrixModel
import TestSupport
import Testing

@Suite("Messages with damage are refused, or say the same again")
struct DamagedMessageTests {
    @Test("in a stream, whose damage ends it", arguments: fuzzSeeds(2))
    func stream(seed: UInt64) throws {
        var refused = 0
        var generator = SeededGenerator(seed: seed)
        for bytes in DamagedSamples(of: [FrameDecoderTests.stream], seed: seed, count: 400) {
            var decoder = FrameDecoder()
            do {
                let frames = try decoder.receive(bytes)
                // The checksum is over the frame: what is damaged does not come through, but may be missing at the end.
                #expect(try frames.map { try GuestMessage($0) }.elementsEqual(MessageSamples.guest.prefix(frames.count)))
            } catch {
                #expect(error is ProtocolViolation)
                refused += 1
            }
            var (pieces, rest, messages) = (FrameDecoder(), bytes[...], 0)
            while !rest.isEmpty {
                let size = Int.random(in: 1...700, using: &generator)
                let delivery = pieces.decode(rest.prefix(size))
                for frame in delivery.frames {
                    // The kind is not part of the checksum; a damaged one gives a message that is unknown or malformed.
                    #expect(frame.payload == MessageSamples.guest[messages].frame(sequence: 0).payload)
                    messages += 1
                }
                rest = delivery.violation == nil ? rest.dropFirst(size) : []
            }
        }
        #expect(refused > 0)
    }

    @Test("of a guest with a good checksum", arguments: fuzzSeeds(2))
    func guest(seed: UInt64) throws {
        for frame in Self.frames(MessageSamples.guest.map { $0.frame(sequence: 0) }, seed) {
            guard let message = try? GuestMessage(frame) else { continue }
            #expect(try GuestMessage(message.frame(sequence: 9)) == message)
        }
    }

    @Test("of a host, plans above all", arguments: fuzzSeeds(2))
    func host(seed: UInt64) throws {
        for frame in Self.frames(MessageSamples.plans.map { HostMessage.plan($0).frame(sequence: 0) }, seed) {
            guard let message = try? HostMessage(frame) else { continue }
            #expect(try HostMessage(message.frame(sequence: 9)) == message)
        }
    }

    /// Frames whose kind and payload have some damage.
    private static func frames(_ frames: [Frame], _ seed: UInt64) -> some Sequence<Frame> {
        DamagedSamples(of: frames.map { [$0.kind] + $0.payload }, seed: seed, count: 2000).lazy.map {
            Frame(kind: $0.first ?? 0, sequence: 0, payload: Array($0.dropFirst()))
        }
    }
}
