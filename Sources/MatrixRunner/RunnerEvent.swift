public import EvidenceStore
public import MatrixModel
import MatrixPlanning

/// What happens in a run, as the user interface sees it.
public enum RunnerEvent: Sendable {
    /// Words about the preparation: what is fetched, built or probed.
    case preparing(String)
    case warning(String)
    /// What only those want to read who ask for it.
    case detail(String)
    case started([Cell], JobCount)
    /// A cell that is ready waits for others to give memory back, and why.
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
