/// A suite, or another part of a repository, that was searched, with the outcome.
public struct SearchedSuite: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case read(kernels: Int)
        /// The archive has no such suite.
        case absent
        case failed(CatalogueError)
    }

    /// `bookworm`, or a vendor's distribution and its part: `rocky-9/BaseOS`.
    public let name: String
    public let address: String
    public let outcome: Outcome
    /// How many days its index is past its date, if that is accepted; nil when it is not late.
    public let daysLate: Int?
    /// Anomalies that did not prevent reading it.
    public let notes: [String]

    init(name: String, address: String, outcome: Outcome, daysLate: Int? = nil, notes: [String] = []) {
        self.name = name
        self.address = address
        self.outcome = outcome
        self.daysLate = daysLate
        self.notes = notes
    }
}
