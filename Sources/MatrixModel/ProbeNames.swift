/// The names by which a cell's clients are known to the plan, to scenarios and to the probes.
public enum ProbeNames {
    /// Clients whose destinations the agent must not redirect: their peer must be the requested one.
    public static let untouchedPrefix = "untouched-"
    /// A client that writes the IPv4 address of IMDS as IPv6.
    public static let dualStack = "imds-dual-stack"
    /// The same request as `imds-root`, after the agent was started again.
    public static let afterRestart = "imds-root-restarted"
    /// A client in an empty network namespace.
    public static let otherNetwork = "identity-network-namespace"
    /// Members of the burst are `crowd-root-17`.
    public static let burstPrefix = "crowd-"
    /// The executables of the probes' processes, by whether they are root's.
    public static func executable(isRoot: Bool) -> String { isRoot ? "/usr/bin/kmatrix-probe-root" : "/usr/bin/kmatrix-probe-user" }
    /// The same for members of the burst, whose requests the agent has to count apart.
    public static func burstExecutable(isRoot: Bool) -> String { isRoot ? "/usr/bin/kmatrix-burst-root" : "/usr/bin/kmatrix-burst-user" }
    /// The executable of clients that look like another user.
    public static let identityExecutable = "/usr/bin/kmatrix-identity"
}
