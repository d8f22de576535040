import ArtefactCache
import CloudImages
import MatrixModel

/// Why something a cell needs could not be had.
struct PreparationFailure: Error, Sendable {
    let cause: Cause
    let reason: String

    init(cause: Cause, reason: String) {
        self.cause = cause
        self.reason = reason
    }

    /// An image that could not be had, or used, or of which nothing is known for this machine's own fault.
    init(_ error: CloudImageError) {
        self.init(cause: error.isOurs ? .harness : error.isOfTransfer ? .fetchFailed : .imageNotBuilt, reason: "\(error)")
    }

    var judgment: Judgment { Judgment(cause: cause, summary: reason) }
}
