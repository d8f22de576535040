package import DiskImages
package import MatrixModel

/// Why something a cell needs could not be obtained.
package struct PreparationFailure: Error, Sendable {
    package let cause: Cause
    package let reason: String

    package init(cause: Cause, reason: String) {
        self.cause = cause
        self.reason = reason
    }

    /// What could not be obtained, or be used, or of which nothing is known for this machine's own fault.
    package init(_ error: DiskImageError, otherwise cause: Cause) {
        self.init(cause: error.isOurs ? .harness : error.isOfTransfer ? .fetchFailed : cause, reason: "\(error)")
    }

    package var judgement: Judgement { Judgement(cause: cause, summary: reason) }
}
