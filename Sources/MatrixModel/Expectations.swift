/// What people expect of cells beyond what is documented: each entry with its reason and its last day.
public struct Expectations: Hashable, Sendable {
    /// One expectation.
    public struct Entry: Hashable, Sendable {
        public let cells: CellPattern
        public let verdict: Verdict
        /// Nil for any.
        public let cause: Cause?
        public let reason: String
        /// The last day on which it holds.
        public let until: CalendarDay
        /// Where it is written, as `file:line`.
        public let place: String

        public init(cells: CellPattern, verdict: Verdict, cause: Cause?, reason: String, until: CalendarDay, place: String) {
            self.cells = cells
            self.verdict = verdict
            self.cause = cause
            self.reason = reason
            self.until = until
            self.place = place
        }

        /// What is said of it after its last day.
        public var expiry: String {
            "\(place): the expectation for '\(cells)' expired on \(until) (\(reason)); check whether it still holds, then renew 'until' or remove the entry"
        }

        /// Whether a cell turned out as the entry says.
        public func isMet(by verdict: Verdict, cause: String?) -> Bool {
            verdict == self.verdict && (self.cause == nil || self.cause?.rawValue == cause)
        }
    }

    /// How an outcome compares with what was expected.
    public enum Assessment: Hashable, Sendable {
        case asExpected, contradicted
        /// Nothing was proven either way.
        case unproven
    }

    public let entries: [Entry]
    /// Entries after their last day: they are told of, and excuse nothing.
    public let expired: [Entry]

    public init(_ entries: [Entry], expired: [Entry] = []) {
        self.entries = entries
        self.expired = expired
    }

    public static let none = Expectations([])

    /// The entry that speaks of a cell: the first whose pattern matches.
    public func entry(for id: String) -> Entry? { entries.first { $0.cells.matches(id) } }

    /// What an outcome is worth: by the entry that speaks of the cell, else by what is documented.
    /// - Parameters:
    ///   - cause: The cause's code.
    ///   - failsOnlyAsKnown: Whether all that failed is a known defect of the agent.
    public func assessment(of id: String, verdict: Verdict, cause: String?, documented: DocumentedSupport, failsOnlyAsKnown: Bool = false) -> Assessment {
        let isProof: Bool
        switch verdict {
        case .compatible, .degraded, .incompatible: isProof = true
        // That something does not exist is an answer, not the lack of one.
        case .unavailable: isProof = [Cause.layoutNotOffered, .profileNotOffered].contains { $0.rawValue == cause }
        case .inconclusive, .notRun: isProof = false
        }
        if let entry = entry(for: id) {
            if entry.isMet(by: verdict, cause: cause) { return .asExpected }
            return isProof ? .contradicted : .unproven
        }
        if documented.isContradicted(by: verdict, failsOnlyAsKnown: failsOnlyAsKnown) { return .contradicted }
        return isProof ? .asExpected : .unproven
    }

    /// The entries that match none of the cells: the pattern is wrong, or the cell no longer exists.
    public func unused(among ids: [String]) -> [Entry] {
        let used = Set(ids.compactMap(entry(for:)))
        return entries.filter { !used.contains($0) }
    }
}
