/// Whose build of a kernel: what a selector says after the version, as in `5.15/azure@ubuntu-22.04`.
public struct KernelPackaging: Hashable, Sendable, CustomStringConvertible {
    /// Nil for the flavour that a distribution builds for virtual machines, or has for its own.
    public let flavour: KernelFlavour?
    /// A distribution's name, or a pattern of names; nil for Debian's and, where Debian has none, those of all distributions.
    public let distribution: String?

    public init(flavour: KernelFlavour? = nil, distribution: String? = nil) {
        self.flavour = flavour == .cloud && distribution == nil ? nil : flavour
        self.distribution = distribution
    }

    public static let standard = KernelPackaging()

    /// Splits a selector's text into its version, and the packaging behind it.
    static func split(_ text: some StringProtocol) throws(SelectorError) -> (version: String, packaging: KernelPackaging) {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let distribution = halves.count == 2 ? String(halves[1]) : nil
        let isName = distribution?.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-.*?[]".utf8.contains(byte)
        }
        guard distribution?.isEmpty != true, isName != false else { throw SelectorError(.malformedDistribution, text: String(text)) }
        let flavour = parts.count == 2 ? try KernelFlavour(parsing: parts[1]) : nil
        return (String(parts[0]), KernelPackaging(flavour: flavour, distribution: distribution))
    }

    public var description: String { (flavour.map { "/\($0)" } ?? "") + (distribution.map { "@\($0)" } ?? "") }
}
