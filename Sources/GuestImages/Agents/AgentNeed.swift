/// Something an agent expects of the guest it runs in and that a bare guest does not have.
public enum AgentNeed: String, CaseIterable, Hashable, Sendable {
    /// util-linux's `findmnt`, by which an agent finds the cgroup v2 mount.
    case findmnt
    /// `/etc/passwd`, for the names of users.
    case passwd
    /// `/etc/group`, for the names of groups.
    case group
    /// `/etc/os-release`.
    case osRelease = "os-release"
    /// A running systemd. Only a distribution has one.
    case systemctl
}
