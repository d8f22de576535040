public import MatrixModel

extension Expectations {
    public func assessment(of outcome: CellOutcome) -> Assessment {
        assessment(
            of: outcome.id, verdict: outcome.verdict, cause: outcome.cause, documented: outcome.documented, failsOnlyAsKnown: outcome.failsOnlyAsKnown)
    }

    /// Whether a changed cell contradicts its entry or, without one, fails for the first time and is not documented to.
    public func isRegression(_ change: RunComparison.Change) -> Bool {
        guard let after = change.after else { return false }
        if entry(for: after.id) != nil { return assessment(of: after) == .contradicted }
        return change.kind == .newFailure && after.documented != .unsupported
    }

    /// Whether a cell that was proven before is not any more.
    public func isLoss(_ change: RunComparison.Change) -> Bool {
        switch change.kind {
        case .newlyUnavailable, .newlyUnproven: change.after.map { assessment(of: $0) == .unproven } ?? true
        case .gone: true
        case .newFailure, .changedCause, .changedProofs, .fixed, .lessProven, .newlyProven, .added: false
        }
    }
}
