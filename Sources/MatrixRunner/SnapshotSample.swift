/// Which of a run's cells from snapshots are booted too: the same of the same cells each time.
public enum SnapshotSample: Hashable, Sendable {
    case count(Int)
    /// Above 0, at most 1; one cell at least.
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

    /// The ids that are looked at: spread over all of them by a hash, so that neighbours are not all there is.
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
