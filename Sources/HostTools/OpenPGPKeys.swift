import Foundation

/// The public keys in a file, armoured or not, each apart from the others (RFC 9580, chapters 4 to 6 and 10).
///
/// GnuPG stops at the first key of a version it does not know and loses those that follow, so keys are separated here first.
public struct OpenPGPKeys: Sendable {
    /// Each with its signatures, names and subkeys, as gpgv reads them.
    public let keys: [[UInt8]]
    /// How many were of a version that GnuPG does not read.
    public let skipped: Int

    /// No file of keys is as large.
    public static let largest = 16 << 20

    /// - Returns: Nil for what is not a file of public keys.
    public init?(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count <= Self.largest, let blocks = first & 0x80 != 0 ? [bytes] : Self.blocks(in: bytes) else { return nil }
        var keys: [[UInt8]] = []
        var skipped = 0
        for block in blocks {
            guard let packets = Self.packets(in: block) else { return nil }
            var current: [UInt8]?
            func finish() { if let key = current { keys.append(key) } }
            for packet in packets {
                switch packet.tag {
                case 6:
                    finish()
                    current = nil
                    if packet.version == 4 { current = Array(block[packet.range]) } else { skipped += 1 }
                // Names and attributes, signatures and subkeys belong to the key before them; those of later versions to none.
                case 13, 17: current? += block[packet.range]
                case 2, 14: if packet.version <= 4 { current? += block[packet.range] }
                default: continue
                }
            }
            finish()
        }
        guard !keys.isEmpty || skipped > 0 else { return nil }
        self.keys = keys
        self.skipped = skipped
    }

    private struct Packet {
        let tag: UInt8
        /// The first byte of its content.
        let version: UInt8
        let range: Range<Int>
    }

    /// Where the packets are; nil for what is not a row of whole packets.
    private static func packets(in bytes: [UInt8]) -> [Packet]? {
        var packets: [Packet] = []
        var position = 0
        while position < bytes.count {
            guard let header = header(in: bytes, at: position), header.start <= bytes.count, header.length <= bytes.count - header.start else { return nil }
            let end = header.start + header.length
            packets.append(Packet(tag: header.tag, version: header.length > 0 ? bytes[header.start] : 0, range: position..<end))
            position = end
        }
        return packets
    }

    private static func header(in bytes: [UInt8], at position: Int) -> (tag: UInt8, start: Int, length: Int)? {
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard position + offset + count <= bytes.count else { return nil }
            return bytes[(position + offset)..<(position + offset + count)].reduce(0) { $0 << 8 | Int($1) }
        }
        let first = bytes[position]
        guard first & 0x80 != 0 else { return nil }
        if first & 0x40 == 0 {
            // The older form says how many bytes its length has. Key files have no packets without a length.
            let count = [1, 2, 4]
            guard first & 3 < 3, let length = number(1, count[Int(first & 3)]) else { return nil }
            return ((first >> 2) & 15, position + 1 + count[Int(first & 3)], length)
        }
        guard let short = number(1, 1) else { return nil }
        switch short {
        case ..<192: return (first & 63, position + 2, short)
        case ..<224: return number(2, 1).map { (first & 63, position + 3, (short - 192) << 8 + $0 + 192) }
        case 255: return number(2, 4).map { (first & 63, position + 6, $0) }
        // In pieces, which only content may be.
        default: return nil
        }
    }

    /// What the armoured blocks of a text hold; nil when there is none, or one is damaged.
    private static func blocks(in text: [UInt8]) -> [[UInt8]]? {
        var rest = String(decoding: text, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        var blocks: [[UInt8]] = []
        while let begin = rest.firstIndex(where: { $0.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK") }) {
            guard let end = rest[begin...].firstIndex(where: { $0.hasPrefix("-----END PGP PUBLIC KEY BLOCK") }),
                let blank = rest[begin..<end].firstIndex(where: { $0.allSatisfy(\.isWhitespace) }),
                let block = Data(base64Encoded: rest[(blank + 1)..<end].filter { !$0.hasPrefix("=") }.map { $0.filter { !$0.isWhitespace } }.joined())
            else { return nil }
            blocks.append(Array(block))
            rest = rest[end...].dropFirst()
        }
        return blocks.isEmpty ? nil : blocks
    }
}
