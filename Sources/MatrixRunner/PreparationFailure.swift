import ArtefactCache
import DiskImages
import MatrixModel

/// Why something a cell needs could not be obtained.
struct PreparationFailure: Error, Sendable {
    let cause: Cause
    let reason: String

    init(cause: Cause, reason: String) {
        self.cause = cause
        self.reason = reason
    }

    /// What could not be obtained, or be used, or of which nothing is known for this machine's own fault.
    init(_ error: DiskImageError, otherwise cause: Cause) {
        self.init(cause: error.isOurs ? .harness : error.isOfTransfer ? .fetchFailed : cause, reason: "\(error)")
    }

    var judgement: Judgement { Judgement(cause: cause, summary: reason) }
}
