/// What the product's documentation says of a cell: the floor is kernel 5.15 with cgroup v2 mounted by default
/// (the troubleshooting article's prerequisites).
public enum Expectation: String, Hashable, Sendable, Codable {
    /// Documented as supported: anything but compatible is a regression.
    case supported
    /// Documented as not supported: incompatible is as documented.
    case unsupported
    /// The documentation does not say.
    case unstated

    public static let documentedFloor = KernelSeries(major: 5, minor: 15)

    /// - Parameters:
    ///   - deployment: Nil for a guest that was not deployed as on the platform.
    ///   - cloudInit: Nil when it is not known, and then it is taken for one that waits for the agent.
    public init(series: KernelSeries, layout: CgroupLayout, deployment: Deployment? = nil, cloudInit: CloudInitVersion? = nil) {
        if let deployment {
            // The article speaks of platforms that ask for the agent alone.
            guard deployment.asksForAgent else {
                self = .unstated
                return
            }
            // The first three rows of its table, and an agent nobody can expect to work.
            guard deployment == .installed, cloudInit?.waitsForAgent != false else {
                self = .unsupported
                return
            }
        }
        switch layout {
        case .legacy, .unmounted: self = .unsupported
        case .elsewhere: self = .unstated
        case .unified, .hybrid: self = series < Self.documentedFloor ? .unsupported : .supported
        }
    }

    /// Whether a verdict contradicts what is documented.
    /// - Parameter failsOnlyAsKnown: Whether all that failed is a known defect of the agent, which contradicts nothing.
    public func isContradicted(by verdict: Verdict, failsOnlyAsKnown: Bool = false) -> Bool {
        self == .supported && (verdict == .incompatible || verdict == .degraded) && !failsOnlyAsKnown
    }
}
