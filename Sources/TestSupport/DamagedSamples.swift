/// Real data with a little damage each, for property tests: a reader must either refuse or understand it.
///
/// The same seed gives the same damage. Some samples stay as they are now and then, so that a test sees what it must accept too.
public struct DamagedSamples: Sequence, IteratorProtocol {
    private let samples: [[UInt8]]
    private let pieces: [[UInt8]]
    private var left: Int
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - samples: What was captured, or made by the real tools; at least one.
    ///   - count: How many samples to make.
    ///   - pieces: What gets in where it does not belong: what numbers in text break at, unless a format has worse.
    public init(of samples: [[UInt8]], seed: UInt64, count: Int, pieces: [String] = ["-1", "99999999999999999999", "\u{0}", "../", "\n", "e999", "\"", "<"]) {
        self.samples = samples
        self.pieces = pieces.map { Array($0.utf8) }
        left = samples.isEmpty ? 0 : count
        generator = SeededGenerator(seed: seed)
    }

    public init(of samples: [String], seed: UInt64, count: Int) { self.init(of: samples.map { Array($0.utf8) }, seed: seed, count: count) }

    public init(of samples: [String], seed: UInt64, count: Int, pieces: [String]) {
        self.init(of: samples.map { Array($0.utf8) }, seed: seed, count: count, pieces: pieces)
    }

    public mutating func next() -> [UInt8]? {
        guard left > 0 else { return nil }
        left -= 1
        var bytes = samples[number(below: samples.count)]
        for _ in 0..<number(below: 6) where !bytes.isEmpty { damage(&bytes) }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let index = number(below: bytes.count)
        let end = Swift.min(bytes.count, index + 1 + number(below: 16))
        switch number(below: 8) {
        case 0: bytes[index] = UInt8(number(below: 256))
        case 1: bytes[index] ^= 1 << UInt8(number(below: 8))
        // What lengths and counts break at.
        case 2: for position in index..<end { bytes[position] = [0, 0x7F, 0x80, 0xFF][number(below: 4)] }
        case 3: bytes.removeSubrange(index..<end)
        case 4: bytes.insert(contentsOf: bytes[index..<end], at: index)
        case 5: bytes.removeSubrange(index...)
        case 6: bytes.replaceSubrange(index..<end, with: pieces[number(below: pieces.count)])
        default:
            let other = samples[number(below: samples.count)]
            guard !other.isEmpty else { return }
            let start = number(below: other.count)
            bytes.replaceSubrange(index..<end, with: other[start..<Swift.min(other.count, start + 64)])
        }
    }

    private mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
}
