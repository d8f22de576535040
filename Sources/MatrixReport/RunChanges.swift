public import EvidenceStore
import MatrixModel

/// What is otherwise in a run than in the one before.
///
/// Cells are paired by id. Of those left over, a kernel's next version is paired with the one before where only one of each is left:
/// otherwise every night would bring nothing but new cells.
public struct RunChanges: Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case broken, fixed
        case changedCause = "changed cause"
        case newlyUnavailable = "newly unavailable"
        case newlyUnproven = "no longer proven"
        case newlyProven = "newly proven"
        case added, gone
    }

    public struct Change: Hashable, Sendable {
        public let kind: Kind
        public let before: CellRecord?
        public let after: CellRecord?

        /// The cell as it is now; as it was, when it is gone.
        public var id: String { after?.id ?? before?.id ?? "" }
    }

    public let before: RunRecord
    public let after: RunRecord
    /// By kind, then in the order of the cells.
    public let changes: [Change]

    public init(from before: RunDocument, to after: RunDocument) {
        self.before = before.run
        self.after = after.run
        let found = Self.pairs(before.cells, after.cells).compactMap { old, new in
            Self.kind(old, new).map { Change(kind: $0, before: old, after: new) }
        }
        changes = Kind.allCases.flatMap { kind in found.filter { $0.kind == kind } }
    }

    /// `2 broken, 1 fixed`.
    public var inWords: String {
        let parts = Kind.allCases.compactMap { kind in
            let count = changes.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        return parts.isEmpty ? "no changes" : parts.joined(separator: ", ")
    }

    private static func pairs(_ before: [CellRecord], _ after: [CellRecord]) -> [(CellRecord?, CellRecord?)] {
        let old = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        let known = Set(after.map(\.id))
        let gone = before.filter { !known.contains($0.id) }
        let candidates = Dictionary(grouping: gone, by: lineage)
        let rivals = Dictionary(grouping: after.filter { old[$0.id] == nil }, by: lineage)
        var paired: Set<String> = []
        var pairs: [(CellRecord?, CellRecord?)] = after.map { cell in
            if let same = old[cell.id] { return (same, cell) }
            let line = lineage(cell)
            guard let earlier = candidates[line], earlier.count == 1, rivals[line]?.count == 1 else { return (nil, cell) }
            paired.insert(earlier[0].id)
            return (earlier[0], cell)
        }
        pairs += gone.filter { !paired.contains($0.id) }.map { ($0, nil) }
        return pairs
    }

    /// The id with the series in the place of the version.
    private static func lineage(_ cell: CellRecord) -> String {
        var parts = cell.id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, let series = cell.series { parts[1] = series }
        return parts.joined(separator: "/")
    }

    /// How well a cell works; nil when nothing is proven of it.
    private static func grade(_ cell: CellRecord) -> Int? {
        switch cell.verdict {
        case .compatible: 2
        case .degraded: 1
        case .incompatible: 0
        case .inconclusive, .unavailable, .notRun: nil
        }
    }

    private static func kind(_ before: CellRecord?, _ after: CellRecord?) -> Kind? {
        guard let after else { return .gone }
        guard let before else { return .added }
        switch (grade(before), grade(after)) {
        case (let old?, let new?):
            if new != old { return new < old ? .broken : new == 2 ? .fixed : .changedCause }
            return before.cause == after.cause ? nil : .changedCause
        // A failure after a night that proved nothing is news as any other.
        case (nil, let new?): return new < 2 ? .broken : .newlyProven
        case (_?, nil): return after.verdict == .unavailable ? .newlyUnavailable : .newlyUnproven
        case (nil, nil): return before.verdict == after.verdict && before.cause == after.cause ? nil : .changedCause
        }
    }
}
