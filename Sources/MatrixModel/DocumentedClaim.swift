/// What one of upstream's sources says about support.
public struct DocumentedClaim: Hashable, Sendable, Codable {
    public enum Support: String, CaseIterable, Hashable, Sendable, Codable {
        case supported
        case unsupported
        /// Announced for later.
        case planned
        /// Upstream runs its own tests there.
        case tested

        /// Whether the agent should work according to the source; nil where the source says nothing about today.
        public var promisesSupport: Bool? {
            switch self {
            case .supported, .tested: true
            case .unsupported: false
            case .planned: nil
            }
        }
    }

    /// The source's short name: `readme`.
    public var source: String
    /// For people: `README of the agent`.
    public var title: String
    /// When the source was last changed.
    public var date: CalendarDay
    /// Where it can be read; null where only the title says.
    public var address: String?
    /// What it speaks of: a distribution such as `debian-12`, or kernels, `kernel >=5.15`.
    public var subject: String
    public var says: Support

    public init(source: String, title: String, date: CalendarDay, address: String?, subject: String, says: Support) {
        self.source = source
        self.title = title
        self.date = date
        self.address = address
        self.subject = subject
        self.says = says
    }
}

extension Collection<DocumentedClaim> {
    /// Whether one source promises what another one excludes.
    public var contradictEachOther: Bool {
        let promises = Set(compactMap(\.says.promisesSupport))
        return promises.count > 1
    }
}
