/// Divides a run's cells into parts that take about as long as each other.
///
/// The same items and the same count give the same parts on every machine: all is whole milliseconds, and what is equal goes by the
/// order of ids. Greedy, longest first (Graham 1969: never worse than 4/3 of the best there is, preparations left out): each cell goes
/// where the part's time would be least, what has to be prepared for it and is not yet counted in.
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
        var loads = Array(repeating: 0, count: max(count, 1))
        var members = Array(repeating: [String](), count: loads.count)
        var prepared = Array(repeating: Set<String>(), count: loads.count)
        func weight(_ item: Item) -> Int { item.milliseconds + item.preparations.values.reduce(0, +) }
        for item in items.sorted(by: { (weight($1), $0.id) < (weight($0), $1.id) }) {
            func load(_ part: Int) -> Int {
                loads[part] + item.milliseconds + item.preparations.reduce(0) { $0 + (prepared[part].contains($1.key) ? 0 : $1.value) }
            }
            // Items without a cost are spread as well.
            let part = loads.indices.min { (load($0), members[$0].count, $0) < (load($1), members[$1].count, $1) } ?? 0
            loads[part] = load(part)
            members[part].append(item.id)
            prepared[part].formUnion(item.preparations.keys)
        }
        parts = members.map { $0.sorted() }
        milliseconds = loads
    }
}
