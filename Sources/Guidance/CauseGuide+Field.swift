/// Windows machines.
extension CauseGuide {
    static let windowsDriversNotRunning = CauseGuide(
        of: .windowsDriversNotRunning, "An eBPF driver of Windows does not run", symptom: "`ebpfProgramStatus` is not RUNNING on a Windows machine.",
        proof: "`sc query eBPFCore` or `sc query NetEbpfExt` shows another state than `4 RUNNING`, or `FAILED 1060`.", wanted: [.drivers],
        measures: [.startWindowsDrivers, .retryDeployment], article: .ebpfSetup)
    static let windowsAgentNotRunning = CauseGuide(
        of: .windowsAgentNotRunning, "The agent's service does not run on Windows",
        symptom: "There is no new `status.json` in `C:\\WindowsAzure\\ProxyAgent\\Logs`.",
        proof: "`sc query GuestProxyAgent` shows another state than `4 RUNNING`, or `FAILED 1060`.", wanted: [.windowsAgent],
        measures: [.startWindowsAgent, .retryDeployment],
        article: .agentNotRunning)
}

/// The platform, and the machine's key on it.
extension CauseGuide {
    static let keyLost = field(
        .keyLost, "The machine lost its key", "The platform names a latched key, the machine does not have it, and a request for a new one is rejected.",
        "`Failed to check the key '…' details saved locally` or a missing key file, followed by the rejection of the `acquire` request.",
        [.agentLog, .keyStatus], [.resetKey], .keyReset)
    static let keyRejected = field(
        .keyRejected, "The platform rejects the key", "Signed requests are rejected, or the key cannot be attested.",
        "`Failed to attest the key: …` in `keyLatchStatus.message`.",
        [.agentLog, .keyStatus], [.resetKey, .readAgentLogs], .keyFailure)
    static let keyResetNeeded = field(
        .keyResetNeeded, "Only a reset of the key helps", "The agent asks for a key again and again, and is rejected each time.",
        "Several rejections of the `acquire` request in the agent's log, and no success after the last.", [.keyStatus], [.resetKey], .keyReset)
    static let platformUnreachable = field(
        .platformUnreachable, "The agent cannot reach the platform", "`keyLatchStatus.message` is `Failed to get key status - …`; the state stays `Unknown`.",
        "The error in that message: a failed connection, a time-out, or an answer that cannot be read.", [.agentLog, .keyStatus],
        [.checkPlatformReach, .readAgentLogs], .keyFailure)
    static let notApplied = field(
        .notApplied, "The protocol is enabled in the model and not applied", "The model says that it is enabled; requests pass unsigned.",
        "`secureChannelState` is `disabled` or `Unknown`, and no key is latched.", [.keyStatus, .status], [.enableInModel, .readAgentLogs], .notApplied)
    static let controlPlaneRefused = field(
        .controlPlaneRefused, "The control plane rejected the request", "A deployment or an update of the model fails with an error code.",
        "The error's code and message. `kmatrix explain MESSAGE` explains each.", [.keyStatus], [.correctModel], .errorCodes)
}

/// Linux machines in the field.
extension CauseGuide {
    static let agentNotRunning = field(
        .agentNotRunning, "The agent is installed and does not run", "There is no new `status.json`; the metadata services reject or answer unsigned requests.",
        "`Active: inactive`, `failed` or `activating (auto-restart)` in `systemctl status azure-proxy-agent`.", [.journal, .agentLog],
        [.startAgent, .readAgentLogs], .agentNotRunning)
    static let agentNotHealthy = field(
        .agentNotHealthy, "The agent reports that it is not healthy, and not why", "A module of `status.json` is not RUNNING, and its message names no error.",
        "The module's state. The overall `SUCCESS` does not count against it.", [.agentLog, .journal], [.readAgentLogs], .confirm)
    static let kernelTooOld = field(
        .kernelTooOld, "The kernel is older than the documented floor of 5.15", "The eBPF program may not load.",
        "`uname -r`. Kernels with back-ports may work below the floor; the published table says which.", [.kernelRelease, .status],
        [.upgradeRelease, .optOut], .loadFailure)
    static let cgroup2Unsupported = field(
        .cgroup2Unsupported, "The kernel has no cgroup v2", "`Failed to attach program 'connect4'`.",
        "`grep cgroup /proc/filesystems` lists no `nodev cgroup2`.",
        [.filesystems],
        [.kernelWithOption, .upgradeRelease, .optOut], .attachFailure)
    static let provisioningUnhealthy = field(
        .provisioningUnhealthy, "cloud-init found the agent unhealthy", "The deployment fails; cloud-init reports `azure-proxy-agent status failure`.",
        "That line of `cloud-init.log`. Exit code 2 means that the agent reported an error, 1 that it was not ready in time.",
        [.status, .journal, .agentLog],
        [.readAgentLogs, .retryDeployment], .deploymentFailed)
    static let cloudInitTooOld = field(
        .cloudInitTooOld, "This cloud-init does not wait for the agent", "Deployments fail sometimes or always, with `Linux.OSProvisioningInternalError`.",
        "A provisioning that asked for the agent, and no call of `azure-proxy-agent --status` in `cloud-init.log`.", [.cloudInitLog],
        [.upgradeCloudInit, .retryDeployment],
        .deploymentFailed)
    static let statusStale = field(
        .statusStale, "The status is old", "`status.json` is no longer written, so it describes the past.",
        "Its `timestamp` next to the time at which it was gathered; the agent writes it every minute.", [.unitStatus, .journal],
        [.startAgent, .freeDisk, .readAgentLogs], .confirm)

    fileprivate static func field(
        _ cause: FieldCause, _ title: String, _ symptom: String, _ proof: String, _ wanted: [WantedFile], _ measures: [Measure], _ article: ArticleSection
    ) -> CauseGuide {
        CauseGuide(of: cause, title, symptom: symptom, proof: proof, wanted: wanted, measures: measures, article: article)
    }
}
