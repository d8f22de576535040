/// A kernel's version as its package carries it: the upstream numbers and the packager's revision, `6.1.192` and `2`.
///
/// Versions sort by meaning: 5.9 before 5.10, and `~` before anything, as Debian Policy §5.6.12 orders package versions.
public struct KernelVersion: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The upstream numbers, at least major and minor.
    public let numbers: [Int]
    /// What the packager appended to the numbers (a pre-release such as `~rc4`, and the revision after the dash); may be empty.
    public let revision: String

    public init(numbers: [Int], revision: String = "") throws(SelectorError) {
        guard numbers.count >= 2 else {
            throw SelectorError(.malformedVersion, text: numbers.map(String.init).joined(separator: "."))
        }
        self.numbers = numbers
        self.revision = revision
    }

    init(_ series: KernelSeries) {
        numbers = [series.major, series.minor]
        revision = ""
    }

    /// Reads `6.1.192-2`, `6.12.117-1~deb12u1`, `5.14.0-427.13.1.el9_4`, `7.3~rc4-1~exp1` or a bare `6.1.192`.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        let text = String(text)
        let tail = text.utf8.drop { VersionNumbers.isDigit($0) || $0 == UInt8(ascii: ".") }
        let dash = UInt8(ascii: "-")
        guard tail.allSatisfy(Self.isAllowed), tail.first.map({ [dash, UInt8(ascii: "~"), UInt8(ascii: "+")].contains($0) }) ?? true,
            !tail.elementsEqual([dash])
        else {
            throw SelectorError(.malformedVersion, text: text)
        }
        let numbers = try VersionNumbers.parse(String(text[..<tail.startIndex]))
        try self.init(numbers: numbers, revision: String(Substring(tail.first == dash ? tail.dropFirst() : tail)))
    }

    /// Whether a byte may be in what follows the numbers.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: VersionNumbers.isDigit(byte)
        }
    }

    public var series: KernelSeries { KernelSeries(major: numbers[0], minor: numbers[1]) }

    public var description: String {
        let upstream = numbers.map(String.init).joined(separator: ".")
        guard let first = revision.first else { return upstream }
        return "~+".contains(first) ? upstream + revision : upstream + "-" + revision
    }

    public static func < (left: Self, right: Self) -> Bool {
        for (one, other) in zip(left.numbers, right.numbers) where one != other { return one < other }
        if left.numbers.count != right.numbers.count { return left.numbers.count < right.numbers.count }
        return PackageVersionOrder.compare(left.revision, right.revision) < 0
    }

    /// Whether `other` is this version as far as this one says: `6.1.192` matches every revision of 6.1.192.
    public func matches(_ other: KernelVersion) -> Bool {
        numbers == other.numbers && (revision.isEmpty || revision == other.revision)
    }

    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
