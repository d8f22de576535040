/// The boot mode of a run's guests. Deployments always boot cold.
public enum BootChoice: String, CaseIterable, Hashable, Sendable {
    /// Restores a snapshot if at least two cells share its boot, or if it exists already; otherwise boots cold.
    case auto
    /// Every guest boots cold.
    case cold
    /// Restores a snapshot for every guest that allows it.
    case snapshot
}
