/// Why a cell has its verdict, as a code that other tools may rely on.
public enum Cause: String, CaseIterable, Hashable, Sendable, Codable {
    case verifierRejected = "verifier-rejected"
    case loadFailed = "load-failed"
    case noBTF = "no-btf"
    case attachNoCgroup2 = "attach-failed/no-cgroup2"
    case attachOther = "attach-failed/other"
    case agentCrashed = "agent-crashed"
    case agentSilent = "agent-silent"
    case agentStatusBroken = "agent-status-broken"
    case listenerFailed = "listener-failed"
    case notRedirected = "not-redirected"
    case notForwarded = "not-forwarded"
    case eventsLost = "events-lost"
    case statusContradicted = "status-contradicted"
    case kernelPanic = "kernel-panic"

    case emulatorHang = "emulator-hang"
    case emulatorExit = "emulator-exit"
    case evidenceLost = "evidence-lost"
    case guestSetup = "guest-setup"
    case protocolViolation = "protocol-violation"
    case consoleFlood = "console-flood"
    case timeout
    case harness

    case notOffered = "not-offered"
    case fetchFailed = "fetch-failed"
    case notABootableKernel = "not-a-kernel"

    /// Whose fault a cause is. The four never share a verdict.
    public enum Fault: String, Hashable, Sendable, Codable {
        case kernel, configuration, agent, harness, artefact
    }

    public var fault: Fault {
        switch self {
        case .verifierRejected, .loadFailed, .noBTF, .attachOther, .kernelPanic: .kernel
        case .attachNoCgroup2: .configuration
        case .agentCrashed, .agentSilent, .agentStatusBroken, .listenerFailed, .notRedirected, .notForwarded, .eventsLost,
            .statusContradicted:
            .agent
        case .emulatorHang, .emulatorExit, .evidenceLost, .guestSetup, .protocolViolation, .consoleFlood, .timeout, .harness: .harness
        case .notOffered, .fetchFailed, .notABootableKernel: .artefact
        }
    }

    /// The verdict that follows from whose fault it is.
    public var verdict: Verdict {
        switch fault {
        case .kernel, .configuration, .agent: .incompatible
        case .harness: .inconclusive
        case .artefact: .unavailable
        }
    }
}
