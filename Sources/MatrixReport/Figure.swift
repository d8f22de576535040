/// Formats numbers for reports: the same on every machine, and bounded for any value that a file claims.
enum Figure {
    /// Rounded to a tenth, and limited to one day.
    static func seconds(_ value: Double) -> Double {
        guard value.isFinite else { return 0 }
        return (min(max(value, 0), 86_400) * 10).rounded() / 10
    }

    static func text(_ seconds: Double) -> String {
        "\(Self.seconds(seconds))"
    }

    /// Whole numbers without a decimal point.
    static func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

    /// `1 234 567`, with narrow no-break spaces.
    static func grouped(_ count: Int) -> String {
        let digits = String(count.magnitude)
        let groups = stride(from: digits.count, to: 0, by: -3).map { end in String(digits.dropLast(digits.count - end).suffix(3)) }
        return (count < 0 ? "-" : "") + groups.reversed().joined(separator: "\u{202F}")
    }
}

/// A time stamp of a run: RFC 3339 in UTC. Any other text is nil.
struct Timestamp: Hashable, Comparable {
    let text: String

    init?(_ text: String) {
        let pattern = "dddd-dd-ddTdd:dd:ddZ"
        let fits =
            text.utf8.count == pattern.utf8.count
            && zip(text.utf8, pattern.utf8).allSatisfy { found, wanted in
                wanted == UInt8(ascii: "d") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(found) : found == wanted
            }
        let parts = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard fits, parts.count == 6, (1...12).contains(parts[1]), (1...31).contains(parts[2]), parts[3] < 24, parts[4] < 60, parts[5] < 61 else { return nil }
        self.text = text
    }

    static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension String {
    /// A hash that is the same on every machine (FNV-1a), in hexadecimal.
    var stableHash: String {
        let hash = utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
