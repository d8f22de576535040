/// A suite, or another part of a repository, that was searched, and the outcome.
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
    /// The days that its index is past its date, where that is accepted; nil when it is not.
    public let daysLate: Int?
    /// What is strange about it although it was read.
    public let notes: [String]

    init(name: String, address: String, outcome: Outcome, daysLate: Int? = nil, notes: [String] = []) {
        self.name = name
        self.address = address
        self.outcome = outcome
        self.daysLate = daysLate
        self.notes = notes
    }
}
