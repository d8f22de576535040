/// What is known of a cell. Total: a cell that was not measured is `notRun`, never green.
public enum Verdict: String, CaseIterable, Hashable, Sendable, Codable {
    /// Proven by behaviour: the platform saw the requests come through the agent.
    case compatible
    /// Works, and a named capability is missing.
    case degraded
    /// Does not work; the cause is the kernel's, the configuration's or the agent's.
    case incompatible
    /// Nothing was proven: the harness, the emulator or the evidence failed.
    case inconclusive
    /// The kernel or image cannot be obtained; the summary says where it was sought.
    case unavailable
    /// Never attempted.
    case notRun = "not-run"
}
