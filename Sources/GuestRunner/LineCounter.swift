import Glibc

/// Counts the lines of a byte stream that contain some words. A line with several occurrences counts once, so that a long line with a client's
/// text is not counted repeatedly.
struct LineCounter {
    private let words: [UInt8]
    /// The end of the bytes so far, which may be the start of a match.
    private var tail: [UInt8] = []
    private var hasCounted = false
    private(set) var lines: UInt32 = 0

    init(_ words: [UInt8]) { self.words = words }

    /// Forgets the bytes so far: they belong to another file.
    mutating func startFile() {
        tail = []
        hasCounted = false
    }

    mutating func add(_ piece: [UInt8]) {
        let bytes = tail + piece
        let start = bytes.withUnsafeBytes { buffer in
            var start = 0
            while let end = Self.index(of: 0x0A, in: buffer[start...]) {
                count(buffer[start..<end])
                hasCounted = false
                start = end + 1
            }
            count(buffer[start...])
            return start
        }
        tail = hasCounted ? [] : Array(bytes[start...].suffix(max(0, words.count - 1)))
    }

    private mutating func count(_ line: Slice<UnsafeRawBufferPointer>) {
        guard !hasCounted, let first = words.first else { return }
        var rest = line
        while rest.count >= words.count, let found = Self.index(of: first, in: rest) {
            rest = rest[found...]
            if rest.starts(with: words) {
                lines &+= 1
                hasCounted = true
                return
            }
            rest = rest.dropFirst()
        }
    }

    /// Searches with memchr(3): logs are megabytes, and the guest's processor is emulated.
    private static func index(of byte: UInt8, in slice: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard !slice.isEmpty, let base = slice.base.baseAddress, let found = memchr(base + slice.startIndex, Int32(byte), slice.count) else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
