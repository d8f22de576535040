/// Causes that occur on machines in the field and in no cell of a matrix: what the article knows beyond what a guest can show.
public enum FieldCause: String, CaseIterable, Hashable, Sendable, Codable {
    case agentNotRunning = "agent-not-running"
    /// A module of the agent's is not running, and nothing says why.
    case agentNotHealthy = "agent-not-healthy"
    case kernelTooOld = "kernel-too-old"
    /// The kernel does not list cgroup2 among its file systems.
    case cgroup2Unsupported = "cgroup2-unsupported"
    /// A key is latched for this machine, which does not have it (any more).
    case keyLost = "key-lost"
    /// The platform does not accept the key that the agent holds.
    case keyRejected = "key-rejected"
    /// The agent has been trying for so long that only a reset can help.
    case keyResetNeeded = "key-reset-needed"
    case platformUnreachable = "platform-unreachable"
    case windowsDriversNotRunning = "windows-drivers-not-running"
    case windowsAgentNotRunning = "windows-agent-not-running"
    /// The model asks for protection and the machine is not protected (yet).
    case notApplied = "msp-not-applied"
    /// The control plane rejected a request with a known error.
    case controlPlaneRefused = "control-plane-refused"
    /// cloud-init that knows of the agent says that it is unhealthy.
    case provisioningUnhealthy = "provisioning-agent-unhealthy"
    /// cloud-init before 24.3, which does not wait for the agent: the deployment may fail at any time.
    case cloudInitTooOld = "cloud-init-too-old"
    /// `status.json` is older than what else was gathered with it.
    case statusStale = "status-stale"
}
