/// What became of a client's request, told by what the client and the platform saw together.
public enum ClientOutcome: String, CaseIterable, Hashable, Sendable, Codable {
    /// It came through the agent with a signature the platform verified, and was answered with success.
    case signed
    /// It came through the agent without a signature, and was answered with success.
    case unsigned
    /// The agent itself refused it (403 or 421); the platform never saw it.
    case denied
    /// It reached the platform, which refused it (401 or 403).
    case refused
    /// It reached the platform round the agent, and was answered with success.
    case direct
    /// There was no answer, or the answer of neither.
    case failed
}
