/// The logs an agent keeps, by what is in them.
public enum AgentLog: String, CaseIterable, Hashable, Sendable {
    /// What the agent did.
    case agent
    /// The requests it served.
    case connections
    /// What the kernel's verifier said, where the agent keeps that in a file.
    case verifier
}
