public import MatrixModel

/// What was found of one thing that runs use. The member names are printed as JSON; they stay.
public struct HostCheck: Encodable, Sendable {
    public enum Outcome: String, Encodable, Sendable {
        case ok
        /// A run works without it, with restrictions.
        case note
        /// A run cannot work without it.
        case missing
    }

    public let name: String
    /// Whose guests it is about; nil for all guests.
    public var architecture: Architecture?
    public let outcome: Outcome
    /// What was found, or what to do.
    public let detail: String
}
