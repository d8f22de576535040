/// Divides a run's cells into parts that take about as long as each other.
///
/// The same items and the same count give the same parts on every machine: all is whole milliseconds, and what is equal goes by the
/// order of ids. Greedy, longest first (Graham 1969: never worse than 4/3 of the best there is, preparations left out), by bundles of cells
/// that need the same preparations: a bundle goes where the part's time would be least, what has to be prepared for it and is not yet
/// counted in. Large bundles prepare little twice, small ones balance better; of several sizes the one counts whose longest part is shortest.
public struct ShardSplit: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public let id: String
        /// What the cell itself takes.
        public let milliseconds: Int
        /// What has to be there first, by name, and how long it takes; paid once in each part that needs it.
        public let preparations: [String: Int]

        public init(id: String, milliseconds: Int, preparations: [String: Int] = [:]) {
            self.id = id
            self.milliseconds = milliseconds
            self.preparations = preparations
        }
    }

    /// The ids of each part, in the order of the ids.
    public let parts: [[String]]
    /// How long each part takes, one guest after the other.
    public let milliseconds: [Int]

    /// - Parameters:
    ///   - items: Each id once.
    ///   - count: At least 1.
    public init(_ items: [Item], count: Int) {
        let count = max(count, 1)
        let kinds = Dictionary(grouping: items.sorted { ($1.milliseconds, $0.id) < ($0.milliseconds, $1.id) }, by: \.preparations)
        let fair = (items.reduce(0) { $0 + $1.milliseconds } + kinds.keys.reduce(0) { $0 + $1.values.reduce(0, +) }) / count
        // Whole kinds, then smaller and smaller pieces of them, at last single cells.
        let sizes = [Int.max, fair / 4, fair / 16, fair / 64, 0]
        let attempts = sizes.map { size in Self.distribute(kinds.values.flatMap { Self.bundles($0, size: size) }, count: count) }
        // The first of those that are as good: it prepares least.
        let best = attempts.enumerated().min { ($0.element.longest, $0.offset) < ($1.element.longest, $1.offset) }?.element ?? attempts[0]
        parts = best.members.map { $0.sorted() }
        milliseconds = best.loads
    }

    /// Cells with the same preparations, which stay together.
    private struct Bundle {
        var ids: [String]
        var milliseconds: Int
        let preparations: [String: Int]

        var weight: Int { milliseconds + preparations.values.reduce(0, +) }
    }

    /// - Parameters:
    ///   - items: All with the same preparations.
    ///   - size: What the cells of a bundle take together at most; a longer one is alone.
    private static func bundles(_ items: [Item], size: Int) -> [Bundle] {
        var bundles: [Bundle] = []
        for item in items {
            // What costs nothing is spread.
            if item.milliseconds > 0, let last = bundles.last, last.milliseconds + item.milliseconds <= size {
                bundles[bundles.count - 1].ids.append(item.id)
                bundles[bundles.count - 1].milliseconds += item.milliseconds
            } else {
                bundles.append(Bundle(ids: [item.id], milliseconds: item.milliseconds, preparations: item.preparations))
            }
        }
        return bundles
    }

    private struct Distribution {
        var loads: [Int]
        var members: [[String]]
        var longest: Int { loads.max() ?? 0 }
    }

    private static func distribute(_ bundles: [Bundle], count: Int) -> Distribution {
        var result = Distribution(loads: Array(repeating: 0, count: count), members: Array(repeating: [], count: count))
        var prepared = Array(repeating: Set<String>(), count: count)
        for bundle in bundles.sorted(by: { ($1.weight, $0.ids[0]) < ($0.weight, $1.ids[0]) }) {
            func load(_ part: Int) -> Int {
                result.loads[part] + bundle.milliseconds + bundle.preparations.reduce(0) { $0 + (prepared[part].contains($1.key) ? 0 : $1.value) }
            }
            let part = (0..<count).map { (load: load($0), members: result.members[$0].count, part: $0) }.min { $0 < $1 }?.part ?? 0
            result.loads[part] = load(part)
            result.members[part] += bundle.ids
            prepared[part].formUnion(bundle.preparations.keys)
        }
        return result
    }
}
