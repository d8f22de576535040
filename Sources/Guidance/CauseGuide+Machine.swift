import MatrixModel

extension CauseGuide {
    /// Causes that lie in the kernel or in how the machine is set up.
    static func ofMachine(_ cause: Cause) -> CauseGuide {
        let code = cause.rawValue
        switch cause {
        case .verifierRejected:
            return CauseGuide(
                code, "The kernel's verifier refused the program",
                symptom: "`ebpfProgramStatus` is not RUNNING and its message begins with `Failed to load program`, with `Verifier output` behind it.",
                proof: "The last line of `verifier.log` that is no trace: `unknown func …#N`, `BPF_STX uses reserved fields`, `number of funcs in func_info …`.",
                wanted: [.verifierLog, .kernelRelease], measures: [.readVerifierLog, .upgradeKernel, .upgradeRelease, .optOut], article: .loadFailure)
        case .loadFailed:
            return CauseGuide(
                code, "The program could not be loaded",
                symptom: "`ebpfProgramStatus` is not RUNNING and its message names the object file or a map, and no verifier.",
                proof: "`ebpfProgramStatus.message` of `status.json`: `Loading eBPF API from file path … failed`, `failed to create map`.",
                wanted: [.agentLog, .kernelRelease], measures: [.readAgentLogs, .upgradeKernel, .upgradeAgent, .optOut], article: .loadFailure)
        case .noBTF:
            return CauseGuide(
                code, "The kernel carries no type information (BTF)",
                symptom: "The program fails to load with a BTF error; or it loads, and every redirected request is answered with 421.",
                proof: "`/sys/kernel/btf/vmlinux` is absent (`CONFIG_DEBUG_INFO_BTF` is not set) and the message speaks of BTF.",
                wanted: [.agentLog, .kernelRelease], measures: [.upgradeKernel, .upgradeAgent, .optOut], article: .loadFailure)
        case .attachNoCgroup2:
            return CauseGuide(
                code, "cgroup v2 is not mounted",
                symptom: "`ebpfProgramStatus` is not RUNNING; its message is `Failed to attach program 'connect4' with error: …`.",
                proof: "`mount | grep cgroup2` prints nothing, although `/proc/filesystems` lists `nodev cgroup2`.",
                wanted: [.mounts, .filesystems], measures: [.mountCgroup2, .optOut], article: .attachFailure)
        case .attachOther:
            return CauseGuide(
                code, "The program could not be attached although cgroup v2 is mounted",
                symptom: "`Failed to attach program …` on a machine where `mount | grep cgroup2` shows a mount.",
                proof: "The message together with the mount. Another program that is attached exclusively, no CONFIG_CGROUP_BPF or no kprobes, or lockdown may be behind it.",
                wanted: [.agentLog, .kernelLog, .securityModules], measures: [.detachOther, .checkLockdown, .upgradeKernel, .optOut], article: .attachFailure)
        case .agentNotInstalled:
            return CauseGuide(
                code, "The agent is not installed",
                symptom: "With cloud-init 24.3 or later the deployment fails with `azure-proxy-agent not found`; on a running machine there is no such unit.",
                proof: "`azure-proxy-agent not found` in `cloud-init.log`, or `Unit azure-proxy-agent.service could not be found.`",
                wanted: [.unitStatus, .cloudInitLog], measures: [.putAgentIntoImage, .installAgent], article: .deploymentFailed)
        case .readyWithoutKey:
            return CauseGuide(
                code, "Provisioning was reported as done before the agent had a key",
                symptom: "The deployment fails with `Linux.OSProvisioningInternalError` although cloud-init reported ready.",
                proof: "cloud-init before 24.3 in `cloud-init.log`, and a report of readiness that the platform did not record.",
                wanted: [.cloudInitLog, .status], measures: [.upgradeCloudInit, .putAgentIntoImage, .retryDeployment], article: .deploymentFailed)
        case .keyNotOffered:
            return CauseGuide(
                code, "The platform offers no key", symptom: "`keyLatchStatus.message` is `Failed to acquire key details: …` with a refusal of the platform.",
                proof: "The refusal (403 and the like) of the call `acquire`. A migrated disk or a replaced OS disk brings it about.",
                wanted: [.keyStatus, .agentLog], measures: [.resetKey], article: .keyFailure)
        case .kernelPanic:
            return CauseGuide(
                code, "The kernel panicked while the agent ran", symptom: "The machine restarts or stands still soon after the agent started.",
                proof: "`Kernel panic - not syncing` on the console after the agent's start.", wanted: [.kernelLog], measures: [.upgradeKernel, .reportAgent])
        default:
            return CauseGuide(
                code, "The kernel reported a fault of its own while the agent ran", symptom: "The machine goes on, perhaps with processes that hang.",
                proof: "`Oops:`, `BUG:` or `general protection fault` on the console after the agent's start.", wanted: [.kernelLog],
                measures: [.upgradeKernel, .reportAgent])
        }
    }
}
