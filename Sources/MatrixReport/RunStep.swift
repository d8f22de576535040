import EvidenceStore
import MatrixModel

/// The changes from one run to the next.
struct RunStep: Sendable {
    let before: RunRecord
    let after: RunRecord
    let comparison: RunComparison

    init(from before: RunDocument, to after: RunDocument) {
        self.before = before.run
        self.after = after.run
        comparison = RunComparison(before: before.outcomes, after: after.outcomes)
    }

    var changes: [RunComparison.Change] { comparison.changes }

    /// `2 new-failure, 1 fixed`.
    var inWords: String {
        let parts = RunComparison.Kind.allCases.compactMap { kind in
            let count = comparison.count(kind)
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        return parts.isEmpty ? "no changes" : parts.joined(separator: ", ")
    }
}
