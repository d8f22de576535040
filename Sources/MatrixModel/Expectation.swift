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

    public init(series: KernelSeries, layout: CgroupLayout) {
        switch layout {
        case .legacy, .unmounted: self = .unsupported
        case .elsewhere: self = .unstated
        case .unified, .hybrid: self = series < Self.documentedFloor ? .unsupported : .supported
        }
    }

    /// Whether a verdict contradicts what is documented.
    public func isContradicted(by verdict: Verdict) -> Bool {
        self == .supported && (verdict == .incompatible || verdict == .degraded)
    }
}
