import GuestProtocol
import TestSupport
import Testing

@Suite("FrameDecoder")
struct FrameDecoderTests {
    static let stream: [UInt8] = MessageSamples.guest.enumerated().flatMap { $0.element.frame(sequence: UInt32($0.offset)).encoded() }

    static func header(magic: [UInt8] = WireFormat.magic, kind: UInt8 = 8, sequence: UInt32 = 0, length: UInt32, checksum: UInt32) -> [UInt8] {
        magic + [kind, 0, 0, 0] + [sequence, length, checksum].flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    @Suite("gives the same messages however the bytes are cut")
    struct Cutting {
        @Test("into equal pieces", arguments: [1, 2, 3, 7, 19, 20, 21, 4096, 65_537])
        func equal(size: Int) throws {
            var decoder = FrameDecoder()
            var messages: [GuestMessage] = []
            var rest = stream[...]
            while !rest.isEmpty {
                messages += try decoder.receive(rest.prefix(size)).map { try GuestMessage($0) }
                rest = rest.dropFirst(size)
            }
            #expect(messages == MessageSamples.guest)
            #expect(!decoder.isMidFrame)
        }

        @Test("at random, with empty deliveries between", arguments: fuzzSeeds(20))
        func random(seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            var decoder = FrameDecoder()
            var messages: [GuestMessage] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let size = Int.random(in: 0...200, using: &generator) * Int.random(in: 0...20, using: &generator)
                messages += try decoder.receive(rest.prefix(size)).map { try GuestMessage($0) }
                rest = rest.dropFirst(size)
            }
            #expect(messages == MessageSamples.guest)
        }

        @Test("and knows when it stopped inside a frame")
        func middle() throws {
            let frame = GuestMessage.farewell.frame(sequence: 0).encoded()
            for length in 0...frame.count {
                var decoder = FrameDecoder()
                _ = try decoder.receive(frame.prefix(length))
                #expect(decoder.isMidFrame == (length != 0 && length != frame.count))
            }
        }
    }

    @Suite("refuses")
    struct Refuses {
        @Test("garbage at its first wrong byte", arguments: 0..<4)
        func magic(position: Int) {
            var bytes = Array(WireFormat.magic.prefix(position + 1))
            bytes[position] ^= 0x20
            var decoder = FrameDecoder()
            #expect(throws: ProtocolViolation.badMagic(bytes)) { try decoder.receive(bytes) }
        }

        @Test("garbage behind a good frame")
        func behind() {
            var decoder = FrameDecoder()
            let bytes = GuestMessage.farewell.frame(sequence: 0).encoded() + Array("Kernel panic".utf8)
            #expect(throws: ProtocolViolation.badMagic(Array("Kernel panic".utf8))) { try decoder.receive(bytes) }
        }

        @Test("a frame that announces too much, before its payload comes")
        func oversized() throws {
            for length in [UInt32(WireFormat.maximumPayload) + 1, .max] {
                var decoder = FrameDecoder()
                #expect(throws: ProtocolViolation.oversizedPayload(Int(length))) {
                    try decoder.receive(FrameDecoderTests.header(length: length, checksum: 0))
                }
            }
            var decoder = FrameDecoder()
            let largest = Frame(kind: 8, sequence: 0, payload: [UInt8](repeating: 1, count: WireFormat.maximumPayload))
            #expect(try decoder.receive(largest.encoded()) == [largest])
        }

        @Test("a damaged payload")
        func checksum() {
            var bytes = GuestMessage.setupFailed(step: "a", reason: "b").frame(sequence: 0).encoded()
            bytes[bytes.count - 1] ^= 1
            var decoder = FrameDecoder()
            #expect(throws: ProtocolViolation.badChecksum(sequence: 0)) { try decoder.receive(bytes) }
        }

        @Test("a frame lost, repeated or too early", arguments: [[0, 2], [0, 0], [1], [0, 1, 0], [UInt32.max]])
        func sequence(numbers: [UInt32]) {
            var decoder = FrameDecoder()
            let bytes = numbers.flatMap { GuestMessage.farewell.frame(sequence: $0).encoded() }
            let expected = UInt32(numbers.count - 1)
            #expect(throws: ProtocolViolation.outOfSequence(expected: expected, got: numbers[numbers.count - 1])) { try decoder.receive(bytes) }
        }

        @Test("reserved bytes that are not zero", arguments: 5..<8)
        func reserved(position: Int) {
            var bytes = GuestMessage.farewell.frame(sequence: 0).encoded()
            bytes[position] = 1
            var decoder = FrameDecoder()
            #expect(throws: ProtocolViolation.badMagic(Array(bytes.prefix(16)))) { try decoder.receive(bytes) }
        }

        @Test("more than a guest may send altogether")
        func total() throws {
            var decoder = FrameDecoder()
            var bytes = Frame(kind: 3, sequence: 0, payload: [UInt8](repeating: 0, count: WireFormat.maximumPayload)).encoded()
            var (sequence, sent): (UInt32, Int) = (0, 0)
            while sent + bytes.count <= WireFormat.maximumTotal {
                // The header is not part of the checksum, so the number alone makes the next frame.
                for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: sequence >> (8 * index)) }
                sent += bytes.count
                #expect(try decoder.receive(bytes).count == 1)
                sequence += 1
            }
            #expect(throws: ProtocolViolation.totalTooLarge) { try decoder.receive(bytes) }
        }

        @Test("everything after its first refusal")
        func afterwards() {
            var decoder = FrameDecoder()
            #expect(throws: ProtocolViolation.self) { try decoder.receive(Array("junk".utf8)) }
            #expect(throws: ProtocolViolation.badMagic(Array("junk".utf8))) { try decoder.receive(GuestMessage.farewell.frame(sequence: 0).encoded()) }
            #expect(throws: ProtocolViolation.badMagic(Array("junk".utf8))) { try decoder.receive([]) }
            #expect(!decoder.isMidFrame)
        }
    }

    @Test("gives what came whole before a violation in the same delivery")
    func beforeViolation() {
        let good = GuestMessage.farewell.frame(sequence: 0)
        var decoder = FrameDecoder()
        let delivery = decoder.decode(good.encoded() + Array("junk".utf8))
        #expect(delivery.frames == [good])
        #expect(delivery.violation == .badMagic(Array("junk".utf8)))
    }
}
