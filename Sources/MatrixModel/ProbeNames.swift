/// The names by which a cell's clients are known to the plan, to scenarios and to the judge.
public enum ProbeNames {
    /// Clients whose destinations are none of the agent's business: their peer must be what they asked for.
    public static let untouchedPrefix = "untouched-"
    /// A client that writes the IPv4 address of IMDS as IPv6.
    public static let dualStack = "imds-dual-stack"
    /// The same request as `imds-root`, after the agent was started again.
    public static let afterRestart = "imds-root-restarted"
    /// Members of the crowd are `crowd-root-17`.
    public static let crowdPrefix = "crowd-"
    /// The executables of the probes' processes, by whether they are root's.
    public static func executable(isRoot: Bool) -> String { isRoot ? "/usr/bin/kmatrix-probe-root" : "/usr/bin/kmatrix-probe-user" }
}
