/// Which restored cells of a run also boot cold, for comparison. The same cells give the same sample.
public enum SnapshotSample: Hashable, Sendable {
    case count(Int)
    /// Above 0, at most 1; selects at least one cell.
    case fraction(Double)

    /// Reads `3` or `0.25`. Nil for anything else.
    public init?(parsing text: String) {
        if let count = Int(text) {
            guard count > 0 else { return nil }
            self = .count(count)
        } else {
            guard let fraction = Double(text), fraction > 0, fraction <= 1 else { return nil }
            self = .fraction(fraction)
        }
    }

    /// The selected ids, sorted. They are ordered by a hash before the selection, so that the sample is spread over all cells.
    func of(_ ids: [String]) -> [String] {
        let count: Int =
            switch self {
            case .count(let count): count
            case .fraction(let fraction): max(1, Int((fraction * Double(ids.count)).rounded()))
            }
        return Array(ids.sorted { (Self.hash($0), $0) < (Self.hash($1), $1) }.prefix(count)).sorted()
    }

    /// FNV-1a, 64 bits: the same in every process, which Swift's own hashing is not.
    private static func hash(_ text: String) -> UInt64 { text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }
}
