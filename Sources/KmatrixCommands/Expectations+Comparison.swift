import EvidenceStore
import MatrixModel

extension Expectations {
    /// Whether a change is one that must not pass unseen.
    func isRegression(_ change: RunComparison.Change) -> Bool {
        guard let after = change.after else { return false }
        if entry(for: after.id) != nil { return assessment(of: after) == .contradicted }
        return change.kind == .newFailure && after.documented != .unsupported
    }

    /// Whether something that was proven before is not any more.
    func isLoss(_ change: RunComparison.Change) -> Bool {
        switch change.kind {
        case .newlyUnavailable, .newlyUnproven: change.after.map { assessment(of: $0) == .unproven } ?? true
        case .gone: true
        case .newFailure, .changedCause, .changedProofs, .fixed, .lessProven, .newlyProven, .added: false
        }
    }
}
