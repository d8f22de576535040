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

    /// - Parameter cause: The cause when the image was obtained but cannot be used. A failed transfer and an error of this machine have causes
    ///   of their own.
    package init(_ error: DiskImageError, otherwise cause: Cause) {
        self.init(cause: error.isOurs ? .harness : error.isOfTransfer ? .fetchFailed : cause, reason: "\(error)")
    }

    package var judgement: Judgement { Judgement(cause: cause, summary: reason) }
}
