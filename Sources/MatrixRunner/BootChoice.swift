/// How guests start; a deployment always boots.
public enum BootChoice: String, CaseIterable, Hashable, Sendable {
    /// From a snapshot where two cells at least share its boot, or where it is there already; else by a boot.
    case auto
    /// Every guest boots.
    case cold
    /// Every guest that can comes from a snapshot.
    case snapshot
}
