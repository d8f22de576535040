extension CauseGuide {
    /// Causes that only machines in the field have.
    static func inField(_ cause: FieldCause) -> CauseGuide {
        switch cause {
        case .windowsDriversNotRunning, .windowsAgentNotRunning: ofWindows(cause)
        case .keyLost, .keyRejected, .keyResetNeeded, .platformUnreachable, .notApplied, .controlPlaneRefused: ofPlatform(cause)
        case .agentNotRunning, .agentNotHealthy, .kernelTooOld, .cgroup2Unsupported, .provisioningUnhealthy, .cloudInitTooOld, .statusStale: ofMachine(cause)
        }
    }

    private static func ofWindows(_ cause: FieldCause) -> CauseGuide {
        cause == .windowsDriversNotRunning
            ? CauseGuide(
                cause.rawValue, "An eBPF driver of Windows does not run", symptom: "`ebpfProgramStatus` is not RUNNING on a Windows machine.",
                proof: "`sc query eBPFCore` or `sc query NetEbpfExt` shows another state than `4 RUNNING`, or `FAILED 1060`.", wanted: [.drivers],
                measures: [.startWindowsDrivers, .retryDeployment], article: .ebpfSetup)
            : CauseGuide(
                cause.rawValue, "The agent's service does not run on Windows",
                symptom: "There is no new `status.json` in `C:\\WindowsAzure\\ProxyAgent\\Logs`.",
                proof: "`sc query GuestProxyAgent` shows another state than `4 RUNNING`, or `FAILED 1060`.", wanted: [.windowsAgent],
                measures: [.startWindowsAgent, .retryDeployment],
                article: .agentNotRunning)
    }

    private static func ofPlatform(_ cause: FieldCause) -> CauseGuide {
        func guide(_ title: String, _ symptom: String, _ proof: String, _ wanted: [WantedFile], _ measures: [Measure], _ article: ArticleSection) -> CauseGuide
        {
            CauseGuide(cause.rawValue, title, symptom: symptom, proof: proof, wanted: wanted, measures: measures, article: article)
        }
        return switch cause {
        case .keyLost:
            guide(
                "The machine lost its key", "The platform names a latched key, the machine does not have it, and a request for a new one is rejected.",
                "`Failed to check the key '…' details saved locally` or a missing key file, followed by the rejection of the `acquire` request.",
                [.agentLog, .keyStatus], [.resetKey], .keyReset)
        case .keyRejected:
            guide(
                "The platform rejects the key", "Signed requests are rejected, or the key cannot be attested.",
                "`Failed to attest the key: …` in `keyLatchStatus.message`.",
                [.agentLog, .keyStatus], [.resetKey, .readAgentLogs], .keyFailure)
        case .keyResetNeeded:
            guide(
                "Only a reset of the key helps", "The agent asks for a key again and again, and is rejected each time.",
                "Several rejections of the `acquire` request in the agent's log, and no success after the last.", [.keyStatus], [.resetKey], .keyReset)
        case .platformUnreachable:
            guide(
                "The agent cannot reach the platform", "`keyLatchStatus.message` is `Failed to get key status - …`; the state stays `Unknown`.",
                "The error in that message: a failed connection, a time-out, or an answer that cannot be read.", [.agentLog, .keyStatus],
                [.checkPlatformReach, .readAgentLogs], .keyFailure)
        case .notApplied:
            guide(
                "The protocol is enabled in the model and not applied", "The model says that it is enabled; requests pass unsigned.",
                "`secureChannelState` is `disabled` or `Unknown`, and no key is latched.", [.keyStatus, .status], [.enableInModel, .readAgentLogs], .notApplied)
        default:
            guide(
                "The control plane rejected the request", "A deployment or an update of the model fails with an error code.",
                "The error's code and message. `kmatrix explain MESSAGE` explains each.", [.keyStatus], [.correctModel], .errorCodes)
        }
    }

    private static func ofMachine(_ cause: FieldCause) -> CauseGuide {
        func guide(_ title: String, _ symptom: String, _ proof: String, _ wanted: [WantedFile], _ measures: [Measure], _ article: ArticleSection) -> CauseGuide
        {
            CauseGuide(cause.rawValue, title, symptom: symptom, proof: proof, wanted: wanted, measures: measures, article: article)
        }
        return switch cause {
        case .agentNotRunning:
            guide(
                "The agent is installed and does not run", "There is no new `status.json`; the metadata services reject or answer unsigned requests.",
                "`Active: inactive`, `failed` or `activating (auto-restart)` in `systemctl status azure-proxy-agent`.", [.journal, .agentLog],
                [.startAgent, .readAgentLogs], .agentNotRunning)
        case .agentNotHealthy:
            guide(
                "The agent reports that it is not healthy, and not why", "A module of `status.json` is not RUNNING, and its message names no error.",
                "The module's state. The overall `SUCCESS` does not count against it.", [.agentLog, .journal], [.readAgentLogs], .confirm)
        case .kernelTooOld:
            guide(
                "The kernel is older than the documented floor of 5.15", "The eBPF program may not load.",
                "`uname -r`. Kernels with back-ports may work below the floor; the published table says which.", [.kernelRelease, .status],
                [.upgradeRelease, .optOut], .loadFailure)
        case .cgroup2Unsupported:
            guide(
                "The kernel has no cgroup v2", "`Failed to attach program 'connect4'`.", "`grep cgroup /proc/filesystems` lists no `nodev cgroup2`.",
                [.filesystems],
                [.kernelWithOption, .upgradeRelease, .optOut], .attachFailure)
        case .provisioningUnhealthy:
            guide(
                "cloud-init found the agent unhealthy", "The deployment fails; cloud-init reports `azure-proxy-agent status failure`.",
                "That line of `cloud-init.log`. Exit code 2 means that the agent reported an error, 1 that it was not ready in time.",
                [.status, .journal, .agentLog],
                [.readAgentLogs, .retryDeployment], .deploymentFailed)
        case .cloudInitTooOld:
            guide(
                "This cloud-init does not wait for the agent", "Deployments fail sometimes or always, with `Linux.OSProvisioningInternalError`.",
                "A provisioning that asked for the agent, and no call of `azure-proxy-agent --status` in `cloud-init.log`.", [.cloudInitLog],
                [.upgradeCloudInit, .retryDeployment],
                .deploymentFailed)
        default:
            guide(
                "The status is old", "`status.json` is no longer written, so it describes the past.",
                "Its `timestamp` next to the time at which it was gathered; the agent writes it every minute.", [.unitStatus, .journal],
                [.startAgent, .freeDisk, .readAgentLogs], .confirm)
        }
    }
}
