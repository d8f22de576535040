/// A packager's kernel flavour: `cloud-amd64`, `amd64`, `rt-amd64`.
public struct KernelFlavour: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let name: String

    /// The flavour of Debian that is built for virtual machines.
    public static let cloud = cloud(on: .unnamed)
    /// The same of another architecture.
    public static func cloud(on architecture: Architecture) -> KernelFlavour { KernelFlavour(trusted: architecture.cloudFlavour) }
    /// A kernel image given as a file has no flavour of a packager's.
    public static let custom = KernelFlavour(trusted: "custom")

    private init(trusted name: String) { self.name = name }

    /// Reads a flavour: lower-case letters, digits and inner dashes.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        let name = String(text)
        let allowed = name.utf8.allSatisfy {
            ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "-")
        }
        guard !name.isEmpty, allowed, name.first != "-", name.last != "-" else {
            throw SelectorError(.malformedFlavour, text: name)
        }
        self.name = name
    }

    public var description: String { name }

    public static func < (left: Self, right: Self) -> Bool { left.name < right.name }

    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
