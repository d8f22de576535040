import MatrixModel

/// The agent's process, its files and its listener.
extension CauseGuide {
    static let agentCrashed = CauseGuide(
        of: .agentCrashed, "The agent did not stay alive", symptom: "The unit restarts again and again, or is `failed`.",
        proof: "`Main process exited` in its journal, or how the guest reported its end. The last line of its output says why.",
        wanted: [.journal, .unitStatus, .agentLog], measures: [.readAgentLogs, .upgradeAgent, .reportAgent], article: .agentNotRunning)
    static let agentSilent = CauseGuide(
        of: .agentSilent, "The agent runs and writes no status", symptom: "The process exists and `status.json` does not.",
        proof: "No `status.json` a minute after the start, and no failure in the agent's log, journal or console.", wanted: [.unitStatus, .agentLog],
        measures: [.readAgentLogs, .freeDisk, .upgradeAgent], article: .confirm)
    static let agentStatusBroken = CauseGuide(
        of: .agentStatusBroken, "The agent's status cannot be read", symptom: "`status.json` is truncated, empty or not JSON.",
        proof: "The first bytes of `status.json`.",
        wanted: [.status, .agentLog], measures: [.freeDisk, .readAgentLogs, .upgradeAgent], article: .confirm)
    static let listenerFailed = CauseGuide(
        of: .listenerFailed, "The agent's proxy cannot listen",
        symptom: "`proxyListenerStatus` is not RUNNING; connections to the metadata services are refused on the machine.",
        proof: "`Failed to bind TcpListener '127.0.0.1:3080'` in `status.json`.", wanted: [.agentLog], measures: [.freePort, .readAgentLogs],
        article: .confirm)
    static let notInstallable = CauseGuide(
        of: .notInstallable, "The agent's package could not be installed", symptom: "The distribution's package manager rejects it.",
        proof: "The last lines of `install.log`.",
        wanted: [.osRelease], measures: [.upgradeAgent, .reportAgent], article: .agentNotRunning)
}

/// The agent's key.
extension CauseGuide {
    static let keyNotLatched = CauseGuide(
        of: .keyNotLatched, "The agent has no key",
        symptom: "`secureChannelState` says that the protocol is enforced, `keyGuid` is missing, and requests are rejected.",
        proof: "`keyLatchStatus.message`: `Failed to acquire key details`, `Failed to save key details`, `Failed to attest the key`.",
        wanted: [.agentLog, .keyStatus], measures: [.readAgentLogs, .freeDisk, .resetKey], article: .keyFailure)
    static let signatureWrong = CauseGuide(
        of: .signatureWrong, "The platform rejected a signature", symptom: "Requests are answered with 401 or 403 although they are signed.",
        proof: "`signature` in `fabric.jsonl` with the platform's reason.", wanted: [.agentLog, .keyStatus],
        measures: [.resetKey, .upgradeAgent, .reportAgent],
        article: .keyFailure)
    static let keyLostOnRestart = CauseGuide(
        of: .keyLostOnRestart, "The agent lost its key when it was restarted",
        symptom: "After a restart of the agent the platform rejects a request for another key.",
        proof: "Another `keyGuid`, or none, in `status-restarted.json`.", wanted: [.agentLog], measures: [.freeDisk, .resetKey, .reportAgent],
        article: .keyReset)
}
