public import EvidenceStore
public import MatrixModel
import MatrixPlanning

/// What happens in a run, as the user interface sees it.
public enum RunnerEvent: Sendable {
    /// Progress of the preparation: what is fetched, built or probed.
    case preparing(String)
    case warning(String)
    /// A detail that is shown only with --verbose.
    case detail(String)
    case started([Cell], JobCount)
    /// A ready cell waits until other guests release memory; with the reason.
    case waitingForMemory(CellID, String)
    case cellStarted(CellID, attempt: Int)
    case cellPhase(CellID, String)
    case cellRetried(CellID, Judgement)
    case cellFinished(CellRecord)
}

extension RunnerEvent {
    init(_ event: PlanningEvent) {
        switch event {
        case .preparing(let text): self = .preparing(text)
        case .warning(let text): self = .warning(text)
        case .detail(let text): self = .detail(text)
        }
    }
}
