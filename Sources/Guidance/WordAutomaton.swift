/// Finds which of many words occur in a text, in one pass over its bytes (Aho and Corasick, 1975).
public struct WordAutomaton: Sendable {
    /// The next state by state and byte.
    private let next: [UInt16]
    /// The words that end in a state, as bits.
    private let ending: [WordSet]

    /// - Parameter words: Together at most 60,000 bytes; the rest is left out. From the 129th on words share numbers with earlier ones.
    public init(_ words: [String]) {
        var next = [UInt16](repeating: 0, count: 256)
        var ending = [WordSet()]
        var length = 0
        for (number, word) in words.enumerated() where !word.isEmpty && length + word.utf8.count <= 60_000 {
            length += word.utf8.count
            var state = 0
            for byte in word.utf8 {
                let place = state << 8 | Int(byte)
                if next[place] == 0 {
                    next[place] = UInt16(ending.count)
                    ending.append(WordSet())
                    next += [UInt16](repeating: 0, count: 256)
                }
                state = Int(next[place])
            }
            ending[state].insert(number % WordSet.most)
        }
        // Breadth first: where one word ends early, matching continues with the longest other word that has begun.
        var fallback = [Int](repeating: 0, count: ending.count)
        var queue = (0..<256).map { Int(next[$0]) }.filter { $0 != 0 }
        var position = 0
        while position < queue.count {
            let state = queue[position]
            position += 1
            ending[state].formUnion(ending[fallback[state]])
            for byte in 0..<256 {
                let child = Int(next[state << 8 | byte])
                let other = next[fallback[state] << 8 | byte]
                if child == 0 {
                    next[state << 8 | byte] = other
                } else {
                    fallback[child] = Int(other)
                    queue.append(child)
                }
            }
        }
        self.next = next
        self.ending = ending
    }

    /// Whether the text holds one of the words at least.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            next.withUnsafeBufferPointer { next in
                ending.withUnsafeBufferPointer { ending in
                    var state = 0
                    for byte in bytes {
                        state = Int(next[state << 8 | Int(byte)])
                        if !ending[state].isEmpty { return true }
                    }
                    return false
                }
            }
        }
    }

    /// The numbers of the words that the bytes hold.
    public func words(in bytes: UnsafeRawBufferPointer) -> WordSet {
        var found = WordSet()
        next.withUnsafeBufferPointer { next in
            ending.withUnsafeBufferPointer { ending in
                var state = 0
                for byte in bytes {
                    state = Int(next[state << 8 | Int(byte)])
                    if !ending[state].isEmpty { found.formUnion(ending[state]) }
                }
            }
        }
        return found
    }
}

/// Numbers of words, from 0 to 127.
public struct WordSet: Hashable, Sendable {
    static let most = 128

    private var low: UInt64 = 0
    private var high: UInt64 = 0

    public var isEmpty: Bool { low | high == 0 }

    mutating func insert(_ number: Int) {
        if number < 64 { low |= 1 << UInt64(number) } else { high |= 1 << UInt64(number - 64) }
    }

    mutating func formUnion(_ other: WordSet) {
        low |= other.low
        high |= other.high
    }

    public func contains(_ number: Int) -> Bool { number < 64 ? low >> UInt64(number) & 1 == 1 : high >> UInt64(number - 64) & 1 == 1 }
}
