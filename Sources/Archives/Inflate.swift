/// Decompresses DEFLATE (RFC 1951), bounded: what unpacks to more than it may is refused as it grows.
public struct Inflate {
    private let input: ArraySlice<UInt8>
    private let limit: Int
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0
    private var output: [UInt8] = []

    private init(_ input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.limit = limit
        position = input.startIndex
    }

    /// - Returns: What came out, and where in the input the stream ended.
    public static func decompress(_ input: ArraySlice<UInt8>, limit: Int) throws(ArchiveError) -> (bytes: [UInt8], end: Int) {
        var stream = Inflate(input, limit: limit)
        try stream.run()
        return (stream.output, stream.position - Int(stream.bitCount / 8))
    }

    /// Decompresses the members of a gzip file (RFC 1952), one after the other. Its checksums are not looked at: what is salvaged counts.
    public static func gunzip(_ input: [UInt8], limit: Int) throws(ArchiveError) -> [UInt8] {
        var rest = input[...]
        var out: [UInt8] = []
        while rest.starts(with: [0x1F, 0x8B, 0x08]) {
            let (bytes, end) = try decompress(rest.dropFirst(headerLength(rest)), limit: limit - out.count)
            out += bytes
            rest = end + 8 <= rest.endIndex ? rest[(end + 8)...] : []
        }
        return out
    }

    private static func headerLength(_ member: ArraySlice<UInt8>) throws(ArchiveError) -> Int {
        guard member.count >= 18 else { throw .malformed("the gzip file breaks off in its header") }
        let flags = member[member.startIndex + 3]
        var length = 10
        if flags & 4 != 0 { length += 2 + Int(member[member.startIndex + length]) + Int(member[member.startIndex + length + 1]) << 8 }
        // A name and a comment, each ending with a zero.
        for flag: UInt8 in [8, 16] where flags & flag != 0 { length += member.dropFirst(length).prefix { $0 != 0 }.count + 1 }
        if flags & 2 != 0 { length += 2 }
        guard length < member.count else { throw .malformed("the gzip file breaks off in its header") }
        return length
    }

    // MARK: - Blocks

    private mutating func run() throws(ArchiveError) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try copyCompressed(Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try readCodes()
                try copyCompressed(literals, distances)
            default: throw .malformed("a block of no known type")
            }
        }
    }

    private mutating func copyStored() throws(ArchiveError) {
        // What is left of the byte is padding; whole bytes go back.
        position -= Int(bitCount / 8)
        (bits, bitCount) = (0, 0)
        guard position + 4 <= input.endIndex else { throw .malformed("the stream breaks off") }
        let length = Int(input[position]) | Int(input[position + 1]) << 8
        position += 4
        guard position + length <= input.endIndex else { throw .malformed("the stream breaks off") }
        guard output.count + length <= limit else { throw .tooLarge("more than \(limit) bytes once unpacked") }
        output += input[position..<position + length]
        position += length
    }

    private mutating func copyCompressed(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(ArchiveError) {
        while true {
            let symbol = try decode(literals)
            if symbol == 256 { return }
            guard output.count < limit else { throw .tooLarge("more than \(limit) bytes once unpacked") }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            let index = symbol - 257
            guard index < Self.lengths.count else { throw .malformed("a length that does not exist") }
            let length = Self.lengths[index] + Int(try take(UInt32(Self.lengthBits[index])))
            let code = try decode(distances)
            guard code < Self.distances.count else { throw .malformed("a distance that does not exist") }
            let distance = Self.distances[code] + Int(try take(UInt32(Self.distanceBits[code])))
            guard distance <= output.count else { throw .malformed("a distance that leads before the beginning") }
            guard output.count + length <= limit else { throw .tooLarge("more than \(limit) bytes once unpacked") }
            // The copy may overlap what it makes.
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func readCodes() throws(ArchiveError) -> (HuffmanCode, HuffmanCode) {
        let literalCount = Int(try take(5)) + 257
        let distanceCount = Int(try take(5)) + 1
        let codeCount = Int(try take(4)) + 4
        var codeLengths = [UInt8](repeating: 0, count: 19)
        for position in Self.codeOrder.prefix(codeCount) { codeLengths[position] = UInt8(try take(3)) }
        let code = HuffmanCode(codeLengths)
        var lengths: [UInt8] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try decode(code)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .malformed("a repetition of nothing") }
                lengths += [UInt8](repeating: last, count: 3 + Int(try take(2)))
            case 17: lengths += [UInt8](repeating: 0, count: 3 + Int(try take(3)))
            case 18: lengths += [UInt8](repeating: 0, count: 11 + Int(try take(7)))
            default: lengths.append(UInt8(symbol))
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw .malformed("more code lengths than announced") }
        return (HuffmanCode(lengths.prefix(literalCount)), HuffmanCode(lengths.suffix(distanceCount)))
    }

    // MARK: - Bits

    private mutating func take(_ count: UInt32) throws(ArchiveError) -> UInt32 {
        while bitCount < count {
            guard position < input.endIndex else { throw .malformed("the stream breaks off") }
            bits |= UInt32(input[position]) << bitCount
            position += 1
            bitCount += 8
        }
        let value = bits & ((1 << count) - 1)
        bits >>= count
        bitCount -= count
        return value
    }

    private mutating func decode(_ code: HuffmanCode) throws(ArchiveError) -> Int {
        var first = 0
        var index = 0
        var value = 0
        for length in 1...15 {
            value |= Int(try take(1))
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .malformed("a code that does not exist")
    }

    private static let lengths = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
    private static let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
    private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let fixedLiterals = HuffmanCode(
        [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112) + [UInt8](repeating: 7, count: 24) + [UInt8](repeating: 8, count: 8))
    private static let fixedDistances = HuffmanCode([UInt8](repeating: 5, count: 30))
}

/// A canonical Huffman code: how many codes each length has, and the symbols in the codes' order (RFC 1951, 3.2.2).
private struct HuffmanCode {
    let counts: [Int]
    let symbols: [Int]

    init(_ lengths: some Collection<UInt8>) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[Int(length)] += 1 }
        self.counts = counts
        symbols = (1...15).flatMap { length in lengths.enumerated().filter { Int($0.element) == length }.map(\.offset) }
    }
}
