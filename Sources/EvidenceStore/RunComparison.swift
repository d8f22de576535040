public import MatrixModel

/// What changed between two runs.
///
/// Cells are paired by id; of those left over, by lineage where that is unambiguous, so that a distribution's next kernel of a series is
/// compared with the one before and not taken for a new cell.
public struct RunComparison: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        /// Does not work, or works less well, and did not do so before.
        case newFailure = "new-failure"
        /// Fails as before, for another cause or to another degree.
        case changedCause = "changed-cause"
        /// The same verdict for the same cause, and the state of a proof changed.
        case changedProofs = "changed-proofs"
        case fixed
        /// Better than before, and proven with a smaller burst: what failed may only not have been shown.
        case lessProven = "less-proven"
        /// Its artefact could be obtained before and cannot any more.
        case newlyUnavailable = "newly-unavailable"
        /// It was proven and is not any more: the harness failed, or it was not run.
        case newlyUnproven = "newly-unproven"
        case newlyProven = "newly-proven"
        case added
        case gone
    }

    public struct Change: Hashable, Sendable {
        public let kind: Kind
        public let before: CellOutcome?
        public let after: CellOutcome?

        /// The proofs whose state changed, in their order; empty where one side has none.
        public var changedProofs: [ProofID] { RunComparison.changedProofs(before, after) }

        /// The cell's id in the later run, else in the earlier.
        public var id: String { after?.id ?? before?.id ?? "" }
    }

    /// By kind, then by cell.
    public let changes: [Change]
    public let unchanged: Int
    /// How many cells had bursts of two sizes, by the sizes: what differs may follow from that.
    public let bursts: [Bursts: Int]

    /// The clients of a cell's burst in two runs.
    public struct Bursts: Hashable, Sendable {
        public let before: Int
        public let after: Int
    }

    public init(before: [CellOutcome], after: [CellOutcome]) {
        let pairs = Self.pairs(before, after)
        let changes = pairs.compactMap { pair in
            Self.kind(pair.before, pair.after).map { Change(kind: $0, before: pair.before, after: pair.after) }
        }
        unchanged = pairs.count - changes.count
        bursts = pairs.compactMap { Self.bursts($0.before, $0.after) }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        self.changes = Kind.allCases.flatMap { kind in
            CellIDOrder.sort(changes.filter { $0.kind == kind }, by: \.id)
        }
    }

    public func count(_ kind: Kind) -> Int { changes.count { $0.kind == kind } }

    private typealias Pair = (before: CellOutcome?, after: CellOutcome?)

    private static func pairs(_ before: [CellOutcome], _ after: [CellOutcome]) -> [Pair] {
        var left = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        var pairs: [Pair] = []
        var new: [CellOutcome] = []
        for outcome in after {
            if let old = left.removeValue(forKey: outcome.id) { pairs.append((old, outcome)) } else { new.append(outcome) }
        }
        let olds = Dictionary(grouping: left.values, by: \.lineage)
        let news = Dictionary(grouping: new, by: \.lineage)
        for outcome in new {
            guard let candidates = olds[outcome.lineage], candidates.count == 1, news[outcome.lineage]?.count == 1 else {
                pairs.append((nil, outcome))
                continue
            }
            left[candidates[0].id] = nil
            pairs.append((candidates[0], outcome))
        }
        return pairs + left.values.map { ($0, nil) }
    }

    /// How badly a measured cell fails; nil for one that was not measured.
    private static func severity(_ verdict: Verdict) -> Int? {
        switch verdict {
        case .compatible: 0
        case .degraded: 1
        case .incompatible: 2
        case .inconclusive, .unavailable, .notRun: nil
        }
    }

    private static func kind(_ before: CellOutcome?, _ after: CellOutcome?) -> Kind? {
        guard let after else { return .gone }
        guard let now = severity(after.verdict) else {
            guard let before else { return .added }
            if before.verdict == after.verdict { return before.cause == after.cause ? nil : .changedCause }
            return after.verdict == .unavailable ? .newlyUnavailable : .newlyUnproven
        }
        // A failure after a run that proved nothing is as new as one after a success: it was not reported yet.
        guard let before, let then = severity(before.verdict) else {
            if now > 0 { return .newFailure }
            return before == nil ? .added : .newlyProven
        }
        if now > then { return .newFailure }
        if now < then { return owesToBurst(before, after) ? .lessProven : now == 0 ? .fixed : .changedCause }
        if before.cause != after.cause { return owesToBurst(before, after) ? .lessProven : .changedCause }
        let changed = changedProofs(before, after)
        if changed.isEmpty { return nil }
        return changed == [.burst] && owesToBurst(before, after) ? .lessProven : .changedProofs
    }

    private static func bursts(_ before: CellOutcome?, _ after: CellOutcome?) -> Bursts? {
        guard let then = before?.burst, let now = after?.burst, then != now else { return nil }
        return Bursts(before: then, after: now)
    }

    /// Whether the burst failed then and passes now, with fewer clients.
    private static func owesToBurst(_ before: CellOutcome, _ after: CellOutcome) -> Bool {
        guard let bursts = bursts(before, after), bursts.after < bursts.before else { return false }
        return before.proofs[.burst] == .fail && after.proofs[.burst] == .pass
    }

    private static func changedProofs(_ before: CellOutcome?, _ after: CellOutcome?) -> [ProofID] {
        guard let before, let after, !before.proofs.isEmpty, !after.proofs.isEmpty else { return [] }
        return Set(before.proofs.keys).union(after.proofs.keys).filter { before.proofs[$0] != after.proofs[$0] }.sorted()
    }
}
