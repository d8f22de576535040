public import KernelCatalogue

/// What a cell's kernel runs under: nothing but our own init, or a distribution.
public enum GuestChoice: Hashable, Sendable {
    case micro
    case distribution(Distribution)

    /// What stands in the cell's id.
    public var name: String {
        switch self {
        case .micro: "micro"
        case .distribution(let distribution): distribution.name
        }
    }

    var distribution: Distribution? { if case .distribution(let distribution) = self { distribution } else { nil } }
}
