import Guidance

/// Reads a text of any length piece by piece and keeps a bounded part of it: all of a short one. Of a long one its beginning, its end, and
/// for each word that may say something the blocks that hold it first and last. `grep(1)`'s line stands where blocks were left out.
///
/// What is kept depends on the bytes alone, never on the file's name.
public struct LogSieve: Sendable {
    /// The most that is kept, in bytes; lines are not cut.
    private let limit: Int
    private let size: Int
    /// The bytes that are not a block yet.
    private var rest: [UInt8] = []
    private var blocks: [Block] = []
    /// The numbers of the blocks that hold each word.
    private var places: [[Int]]
    private var count = 0
    private var total = 0

    private struct Block: Sendable {
        let number: Int
        let bytes: [UInt8]
    }

    /// How many blocks of each kind are kept on either side.
    private static let each = 2
    private static let atEnds = 4

    /// Words of failures, policies, kernels and loaders. The verifier's logs are found by their frames.
    static let words = Array(
        Set(FieldText.needles + AgentWords.needles + VerifierReport.anchors + ["Kernel panic", "Oops", "BUG: ", "kernel BTF", "vmlinux BTF"])
    ).sorted()
    private static let automaton = WordAutomaton(words)

    public init(limit: Int) {
        self.limit = limit
        size = max(64, min(64 << 10, limit / 32))
        places = Array(repeating: [], count: Self.words.count)
    }

    /// Whether everything was kept.
    public var isWhole: Bool { total <= limit }

    public mutating func add(_ bytes: some Collection<UInt8>) {
        total += bytes.count
        rest.append(contentsOf: bytes)
        // A text within the limit is kept as it is.
        guard total > limit else { return }
        var start = 0
        while rest.count - start >= size {
            let end = Self.end(of: start, size, in: rest)
            keep(Array(rest[start..<end]))
            start = end
        }
        rest.removeFirst(start)
    }

    /// What is kept, in order.
    public mutating func finish() -> [UInt8] {
        guard !isWhole else { return rest }
        if !rest.isEmpty { keep(rest) }
        rest = []
        let last = wanted()
        var out: [UInt8] = []
        var previous: Int?
        for block in blocks where last.contains(block.number) {
            if let previous, previous + 1 != block.number { out += Array("\(LogText.gap)\n".utf8) }
            out += block.bytes
            previous = block.number
        }
        return out
    }

    /// A block ends behind a line where one ends in it.
    private static func end(of start: Int, _ size: Int, in bytes: [UInt8]) -> Int {
        let most = start + size
        return bytes[start..<most].lastIndex(of: 0x0A).map { $0 + 1 } ?? most
    }

    private mutating func keep(_ bytes: [UInt8]) {
        let found = bytes.withUnsafeBytes { Self.automaton.words(in: $0) }
        for number in places.indices where found.contains(number) {
            places[number].append(count)
            if places[number].count > 2 * Self.each { places[number].remove(at: Self.each) }
        }
        blocks.append(Block(number: count, bytes: bytes))
        count += 1
        // Blocks that are no longer wanted are dropped from time to time.
        if blocks.count > 4 * limit / size {
            let wanted = wanted()
            blocks.removeAll { !wanted.contains($0.number) }
        }
    }

    /// The numbers of the blocks that count: the ends, and the words' blocks with their neighbours, the rarest words first, up to the limit.
    private func wanted() -> Set<Int> {
        var found = Set((0..<Self.atEnds)).union((count - Self.atEnds)..<count)
        let most = max(2 * Self.atEnds, limit / size)
        // A word that occurs everywhere says little.
        for numbers in places.filter({ !$0.isEmpty }).sorted(by: { ($0.count, $0[0]) < ($1.count, $1[0]) }) {
            for number in numbers {
                let around = Set([number - 1, number, number + 1])
                if found.union(around).count <= most { found.formUnion(around) }
            }
        }
        return found
    }
}
