/// A release of cloud-init, as its log and packages name it: `22.4.2`, `25.1.4-1+deb13u1`.
public struct CloudInitVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let year: Int
    public let release: Int
    public let description: String

    /// Nil when it does not start with a year and a number.
    public init?(_ text: String) {
        let numbers = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".").prefix(2).map { Int($0) }
        guard numbers.count == 2, let year = numbers[0], let release = numbers[1] else { return nil }
        self.year = year
        self.release = release
        description = text
    }

    /// Whether it waits for the agent before it reports ready (cloud-init's commit b71f48f8f of August 2024, in 24.3).
    public var waitsForAgent: Bool { (year, release) >= (24, 3) }

    public static func < (left: CloudInitVersion, right: CloudInitVersion) -> Bool { (left.year, left.release) < (right.year, right.release) }
}
