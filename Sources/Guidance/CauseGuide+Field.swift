extension CauseGuide {
    /// Causes of the article that only machines in the field have.
    static func inField(_ cause: FieldCause) -> CauseGuide {
        let code = cause.rawValue
        return switch cause {
        case .agentNotRunning:
            CauseGuide(
                code, "The agent is installed and does not run", symptom: "There is no new `status.json`; the metadata services refuse or answer unsigned requests.",
                proof: "`Active: inactive`, `failed` or `activating (auto-restart)` in `systemctl status azure-proxy-agent`.", wanted: [.journal, .agentLog],
                measures: [.startAgent, .readAgentLogs], article: .agentNotRunning)
        case .kernelTooOld:
            CauseGuide(
                code, "The kernel is older than the documented floor of 5.15", symptom: "The eBPF program does not load, or works by luck.",
                proof: "`uname -r`. Distributions with back-ports may work below it; the published table says which.", wanted: [.kernelRelease],
                measures: [.upgradeKernel, .upgradeRelease, .optOut], article: .loadFailure)
        case .cgroup2Unsupported:
            CauseGuide(
                code, "The kernel has no cgroup v2", symptom: "`Failed to attach program 'connect4'`.", proof: "`grep cgroup /proc/filesystems` lists no `nodev cgroup2`.",
                wanted: [.filesystems], measures: [.upgradeKernel, .upgradeRelease, .optOut], article: .attachFailure)
        case .keyLost:
            CauseGuide(
                code, "The machine lost its key", symptom: "The platform names a latched key, the machine does not have it, and a new one is refused.",
                proof: "`Failed to check the key '…' details saved locally` or a missing key file, and then the refusal of the call `acquire`.",
                wanted: [.agentLog, .keyStatus], measures: [.resetKey], article: .keyReset)
        case .keyRejected:
            CauseGuide(
                code, "The platform does not accept the key", symptom: "Signed requests are refused, or the key cannot be attested.",
                proof: "`Failed to attest the key: …` in `keyLatchStatus.message`.", wanted: [.agentLog, .keyStatus], measures: [.resetKey, .readAgentLogs], article: .keyFailure)
        case .keyResetNeeded:
            CauseGuide(
                code, "Only a reset of the key can help", symptom: "The agent tries again and again to get a key, and is refused each time.",
                proof: "Several refusals of the call `acquire` in the agent's log, and no success after the last.", wanted: [.keyStatus], measures: [.resetKey], article: .keyReset)
        case .platformUnreachable:
            CauseGuide(
                code, "The agent cannot talk to the platform", symptom: "`keyLatchStatus.message` is `Failed to get key status - …`; the state stays `Unknown`.",
                proof: "The error behind that message: a connection that failed, a time-out, or an answer that is none.", wanted: [.agentLog, .keyStatus],
                measures: [.checkPlatformReach, .readAgentLogs], article: .keyFailure)
        case .windowsDriversNotRunning:
            CauseGuide(
                code, "An eBPF driver of Windows does not run", symptom: "`ebpfProgramStatus` is not RUNNING on a Windows machine.",
                proof: "`sc query eBPFCore` or `sc query NetEbpfExt` shows another state than `4 RUNNING`, or `FAILED 1060`.", wanted: [.drivers],
                measures: [.startWindowsDrivers, .retryDeployment], article: .ebpfSetup)
        case .windowsAgentNotRunning:
            CauseGuide(
                code, "The agent's service does not run on Windows", symptom: "There is no new `status.json` in `C:\\WindowsAzure\\ProxyAgent\\Logs`.",
                proof: "`sc query GuestProxyAgent` shows another state than `4 RUNNING`, or `FAILED 1060`.", wanted: [.windowsAgent], measures: [.startWindowsAgent, .retryDeployment],
                article: .agentNotRunning)
        case .notApplied:
            CauseGuide(
                code, "The protocol is enabled in the model and not applied", symptom: "The model says that it is enabled; requests pass unsigned.",
                proof: "`secureChannelState` is `disabled` or `Unknown`, and no key is latched.", wanted: [.keyStatus, .status], measures: [.enableInModel, .readAgentLogs],
                article: .notApplied)
        case .provisioningUnhealthy:
            CauseGuide(
                code, "cloud-init found the agent unhealthy", symptom: "The deployment fails; cloud-init reports `azure-proxy-agent status failure`.",
                proof: "That line of `cloud-init.log` with the agent's exit code. Behind it: eBPF, cgroup v2, a failed start, or no key.", wanted: [.status, .journal, .agentLog],
                measures: [.readAgentLogs, .mountCgroup2, .upgradeKernel, .retryDeployment], article: .deploymentFailed)
        case .cloudInitTooOld:
            CauseGuide(
                code, "This cloud-init does not wait for the agent", symptom: "Deployments fail now and then, or always, with `Linux.OSProvisioningInternalError`.",
                proof: "`Cloud-init v. N` in `cloud-init.log` with a version before 24.3.", wanted: [.cloudInitLog], measures: [.upgradeCloudInit, .retryDeployment],
                article: .deploymentFailed)
        case .statusStale:
            CauseGuide(
                code, "The status is old", symptom: "`status.json` is not written any more, so what it says is of the past.",
                proof: "Its `timestamp` beside the time at which it was gathered; it is written every minute.", wanted: [.unitStatus, .journal], measures: [.startAgent, .freeDisk, .readAgentLogs],
                article: .confirm)
        }
    }
}
