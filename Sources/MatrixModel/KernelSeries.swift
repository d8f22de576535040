/// A kernel series: the part of a version that names a line of development, such as 6.1 or 5.10.
public struct KernelSeries: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `6.1`; anything before or after the two numbers is refused.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        let numbers = try VersionNumbers.parse(String(text))
        guard numbers.count == 2 else { throw SelectorError(.malformedVersion, text: String(text)) }
        self.init(major: numbers[0], minor: numbers[1])
    }

    /// The series as a version, where it is compared with versions.
    public var firstVersion: KernelVersion { KernelVersion(self) }

    public var description: String { "\(major).\(minor)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
