import Glibc

/// Text as bytes with its lines, searched without making strings of the lines that are skipped: a log may have a hundred megabytes.
public struct LogText: Sendable {
    public let bytes: [UInt8]

    /// The line that marks omitted lines, as grep(1) prints it between groups.
    public static let gap = "--"

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    /// A line's bytes without its end, and where it begins.
    public struct Line: Hashable, Sendable {
        public let range: Range<Int>
        /// Whether a line end follows. The last line of a text that was cut has none.
        public let isEnded: Bool
    }

    public func contains(_ needle: StaticString) -> Bool {
        needle.withUTF8Buffer { wanted in bytes.withUnsafeBytes { Self.position(of: UnsafeRawBufferPointer(wanted), in: $0, from: 0) != nil } }
    }

    public func contains(_ needle: String) -> Bool { first(Array(needle.utf8), from: 0) != nil }

    func first(_ needle: [UInt8], from: Int) -> Int? {
        bytes.withUnsafeBytes { all in needle.withUnsafeBytes { Self.position(of: $0, in: all, from: from) } }
    }

    /// Looks for the needle's rarest byte, which memchr(3) does at the speed of memory, and compares there.
    static func position(of needle: UnsafeRawBufferPointer, in all: UnsafeRawBufferPointer, from: Int) -> Int? {
        guard let base = all.baseAddress, let wanted = needle.baseAddress, needle.count > 0, from + needle.count <= all.count else { return nil }
        let pivot = needle.indices.max { rarity(needle[$0]) < rarity(needle[$1]) } ?? 0
        var start = from + pivot
        let end = all.count - needle.count + pivot + 1
        while start < end, let found = memchr(base + start, Int32(needle[pivot]), end - start) {
            let position = UnsafeRawPointer(found) - base - pivot
            if memcmp(base + position, wanted, needle.count) == 0 { return position }
            start = position + pivot + 1
        }
        return nil
    }

    /// How seldom a byte is in a log, roughly.
    private static func rarity(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "0")...UInt8(ascii: "9"): 0
        case UInt8(ascii: "e"), UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "o"), UInt8(ascii: "i"), UInt8(ascii: "n"), UInt8(ascii: "s"),
            UInt8(ascii: "r"):
            1
        case UInt8(ascii: "l"), UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "m"), UInt8(ascii: "p"), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            2
        case UInt8(ascii: "f"), UInt8(ascii: "g"), UInt8(ascii: "h"), UInt8(ascii: "y"), UInt8(ascii: "b"), UInt8(ascii: "v"): 3
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): 5
        default: 4
        }
    }

    /// The line that a byte belongs to.
    public func line(around position: Int) -> Line {
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return Line(range: 0..<0, isEnded: false) }
            var start = min(position, all.count)
            while start > 0, all[start - 1] != 0x0A { start -= 1 }
            return Self.line(from: start, base, all.count)
        }
    }

    /// The line behind another; nil behind the last.
    public func line(after line: Line) -> Line? {
        bytes.withUnsafeBytes { all in
            var start = line.range.upperBound
            while start < all.count, all[start] == 0x0D { start += 1 }
            guard let base = all.baseAddress, line.isEnded, start + 1 < all.count else { return nil }
            return Self.line(from: start + 1, base, all.count)
        }
    }

    private static func line(from start: Int, _ base: UnsafeRawPointer, _ count: Int) -> Line {
        let end = memchr(base + start, 0x0A, count - start).map { UnsafeRawPointer($0) - base }
        var last = end ?? count
        while last > start, (base + last - 1).load(as: UInt8.self) == 0x0D { last -= 1 }
        return Line(range: start..<last, isEnded: end != nil)
    }

    /// Every line, in order.
    public var lines: [Line] {
        var found: [Line] = []
        guard !bytes.isEmpty else { return found }
        var next: Line? = line(around: 0)
        while let line = next {
            found.append(line)
            next = self.line(after: line)
        }
        return found
    }

    /// The lines that hold one of the needles, in order. Of more than `most` the first and the last halves are given: a log that repeats
    /// itself says the same in the middle.
    public func lines(containing needles: [String], most: Int = 20_000) -> [Line] {
        var starts: Set<Int> = []
        for needle in needles.map({ Array($0.utf8) }) where !needle.isEmpty {
            var found: [Int] = []
            var from = 0
            while let position = first(needle, from: from) {
                let line = line(around: position)
                found.append(line.range.lowerBound)
                from = line.range.upperBound + 1
                if found.count >= 2 * most { found.removeSubrange(most / 2..<(2 * most - most / 2)) }
            }
            starts.formUnion(found.count <= most ? found[...] : found.prefix(most / 2) + found.suffix(most / 2))
        }
        let sorted = starts.sorted()
        return (sorted.count <= most ? sorted[...] : sorted.prefix(most / 2) + sorted.suffix(most / 2)).map { line(around: $0) }
    }

    public func string(_ line: Line, most: Int = 64 << 10) -> String { String(decoding: bytes[line.range].prefix(most), as: UTF8.self) }
}
