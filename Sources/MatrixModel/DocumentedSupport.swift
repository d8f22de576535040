/// What the product's documentation says of a cell: what its sources claim of the cell's distribution; without a claim the floor of the
/// troubleshooting article counts, kernel 5.15 with cgroup v2 mounted by default.
public enum DocumentedSupport: String, Hashable, Sendable, Codable {
    /// Documented as supported: incompatible and degraded contradict it.
    case supported
    /// Documented as not supported: incompatible is as documented.
    case unsupported
    /// The documentation does not say.
    case unstated

    public static let documentedFloor = KernelSeries(major: 5, minor: 15)

    /// Combines what is documented. Where sources contradict each other, a promise counts: a failure then contradicts a source.
    ///
    /// - Parameters:
    ///   - deployment: Nil for a guest that was not deployed as on the platform.
    ///   - cloudInit: Nil when it is not known, which counts as one that waits for the agent.
    public init(
        series: KernelSeries, layout: CgroupLayout, deployment: Deployment? = nil, cloudInit: CloudInitVersion? = nil,
        documentation: CellDocumentation = .none
    ) {
        if let deployment {
            // The article speaks of platforms that ask for the agent alone.
            guard deployment.asksForAgent else {
                self = .unstated
                return
            }
            // The first three rows of its table, and an agent that cannot work.
            guard deployment == .installed, cloudInit?.waitsForAgent != false else {
                self = .unsupported
                return
            }
        }
        switch layout {
        // A distribution that is documented as supported is supported in the layout that it ships.
        case .legacy, .unmounted:
            self = documentation.defaultLayout == layout ? Self.documented(documentation.claims, series) : .unsupported
        case .elsewhere: self = .unstated
        case .unified, .hybrid: self = Self.documented(documentation.claims, series)
        }
    }

    private static func documented(_ claims: [DocumentedClaim], _ series: KernelSeries) -> DocumentedSupport {
        let promises = claims.compactMap(\.says.promisesSupport)
        guard !promises.isEmpty else { return series < documentedFloor ? .unsupported : .supported }
        return promises.contains(true) ? .supported : .unsupported
    }

    /// Whether a verdict contradicts what is documented.
    /// - Parameter failsOnlyAsKnown: Whether all that failed is a known defect of the agent, which contradicts nothing.
    public func isContradicted(by verdict: Verdict, failsOnlyAsKnown: Bool = false) -> Bool {
        self == .supported && (verdict == .incompatible || verdict == .degraded) && !failsOnlyAsKnown
    }
}
