/// How thoroughly a run proves its cells. Every tier has every proof; tiers differ in the number of clients that the burst sends at once.
public enum ProofTier: String, Hashable, Sendable, Codable, CaseIterable {
    /// A small burst everywhere.
    case quick
    /// The large burst once for each kernel, agent, program and scenario, in the standard layout; a small one elsewhere.
    case standard
    /// The large burst everywhere.
    case full

    /// Proves that clients who come at once are told apart.
    public static let smallBurst = 16
    /// Proves that an agent keeps track of as many as its tables must hold.
    public static let largeBurst = 200

    /// The clients of a cell's burst, half of them root's.
    ///
    /// It follows from the cell alone, so that parts of a divided run, repeated runs and resumed runs send the same burst to the same cell.
    /// - Parameter profile: Nil for a kernel without hardening.
    public func burst(layout: CgroupLayout, profile: String?) -> Int {
        switch self {
        case .quick: Self.smallBurst
        case .standard: layout == .unified && profile == nil ? Self.largeBurst : Self.smallBurst
        case .full: Self.largeBurst
        }
    }
}
