public import MatrixModel
import StrictYAML

/// A place where upstream states what it supports.
public struct ClaimSource: Hashable, Sendable {
    /// What the catalogue calls it: `readme`, `article`, `gate`.
    public let name: String
    /// For people: "README of the agent".
    public let title: String
    /// When it was last changed.
    public let date: CalendarDay
    /// Where it can be read; nil where only the title says.
    public let address: String?
    /// The kernels it documents as supported, whatever the distribution; nil when it speaks of distributions only.
    public let kernels: KernelRange?
}

/// What one source states about one distribution. Sources may contradict each other.
public struct DistributionClaim: Hashable, Sendable {
    public let source: ClaimSource
    public let support: DocumentedClaim.Support
}

extension ClaimSource {
    init(name: String, _ node: YAMLNode) throws {
        try node.allow("title", "date", "address", "kernels")
        self.name = name
        title = try node.required("title")
        address = try node.text("address")
        do {
            date = try CalendarDay(parsing: node.required("date"))
            kernels = try node.text("kernels").map { try KernelRange(parsing: $0) }
        } catch let error as SelectorError {
            throw node.error("\(error)")
        }
    }
}

extension DistributionClaim {
    /// `{ source: readme, says: supported }`
    init(_ node: YAMLNode, sources: [String: ClaimSource]) throws {
        try node.allow("source", "says", "architectures")
        let name = try node.required("source")
        guard let source = sources[name] else { throw node.error("there is no source '\(name)'; there are: \(sources.keys.sorted().joined(separator: ", "))") }
        guard let support: DocumentedClaim.Support = try node.choice("says") else { throw node.error("'says' is missing") }
        self.source = source
        self.support = support
    }
}
