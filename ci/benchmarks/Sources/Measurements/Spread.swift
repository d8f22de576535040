/// A figure over all rounds.
public struct Spread: Codable, Hashable, Sendable {
    public let min: Double
    public let median: Double
    public let max: Double

    /// - Parameter values: One for each round; of none, all is 0.
    public init(_ values: [Double]) {
        let sorted = values.sorted()
        min = sorted.first ?? 0
        median = sorted.isEmpty ? 0 : sorted.count % 2 == 1 ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
        max = sorted.last ?? 0
    }
}
