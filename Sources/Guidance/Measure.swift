/// What can be done about causes, apart from how a distribution spells it.
public enum Measure: String, CaseIterable, Hashable, Sendable {
    case mountCgroup2, upgradeKernel, upgradeRelease, optOut
    case installAgent, putAgentIntoImage, startAgent, readAgentLogs, upgradeAgent, freePort, freeDisk, reportAgent
    case resetKey, checkPlatformReach, enableInModel
    case upgradeCloudInit, retryDeployment, askForAgent
    case checkLockdown, detachOther, readVerifierLog
    case startWindowsDrivers, startWindowsAgent
    case runAgain, checkHost, raiseLimits, chooseKernel, buildImage, chooseLayout

    public func remedy(for family: DistributionFamily) -> Remedy {
        switch self {
        case .mountCgroup2: family.mountCgroup2
        case .upgradeKernel: family.upgradeKernel
        case .upgradeRelease: family.upgradeRelease
        case .upgradeCloudInit: family.upgradeCloudInit
        case .putAgentIntoImage: family.installPackage
        case .upgradeAgent: family.upgradeAgent
        case .startAgent, .readAgentLogs, .freePort, .freeDisk, .checkLockdown, .detachOther, .readVerifierLog, .checkPlatformReach:
            family == .micro ? Self.lookAround : onMachine
        case .optOut, .installAgent, .resetKey, .enableInModel, .retryDeployment, .askForAgent: onControlPlane
        case .startWindowsDrivers, .startWindowsAgent: onWindows
        case .reportAgent, .runAgain, .checkHost, .raiseLimits, .chooseKernel, .buildImage, .chooseLayout: onHarness
        }
    }

    /// The micro guest lives for seconds; what would be typed on a machine is looked at in its shell.
    private static let lookAround = Remedy(
        "Look around in a guest like it.", in: .harness, ["kmatrix shell --kernel SERIES --cgroup LAYOUT"],
        note: "The cell's evidence folder already holds the logs that one would read there.")

    private var onMachine: Remedy {
        switch self {
        case .startAgent:
            Remedy(
                "Start the agent's service and have it started at every boot.",
                ["sudo systemctl unmask azure-proxy-agent.service", "sudo systemctl enable --now azure-proxy-agent.service", "systemctl status azure-proxy-agent.service"],
                note: "If it ends again at once, its journal says why.")
        case .freePort:
            Remedy(
                "Find out what holds the agent's port, end it, and start the agent again.",
                ["sudo ss --listening --tcp --processes --numeric 'sport = :3080'", "sudo systemctl restart azure-proxy-agent.service"])
        case .freeDisk:
            Remedy(
                "Make room where the agent keeps its key and its logs.",
                ["df --human-readable /var/lib/azure-proxy-agent /var/log/azure-proxy-agent", "sudo journalctl --vacuum-size=100M", "sudo systemctl restart azure-proxy-agent.service"])
        case .checkLockdown:
            Remedy(
                "See whether the kernel forbids what the program does, and let it.",
                ["cat /sys/kernel/security/lockdown", "cat /proc/cmdline", "zgrep -E 'CONFIG_(KPROBES|CGROUP_BPF|BPF_SYSCALL)=' /proc/config.gz /boot/config-$(uname -r)"],
                note: "Lockdown in confidentiality mode forbids tracing programs; integrity mode does not. A program without kprobes works under both.")
        case .detachOther:
            Remedy(
                "See which programs are attached to the same cgroup; an exclusive one keeps all others out.",
                ["sudo bpftool cgroup tree", "sudo bpftool cgroup detach CGROUP connect4 id ID", "sudo systemctl restart azure-proxy-agent.service"])
        case .readVerifierLog:
            Remedy(
                "Get the verifier's whole log: status.json carries its first kilobyte, and the reason stands at its end.",
                ["sudo grep -r -A 400 'Verifier output' /var/log/azure-proxy-agent/", "uname -r"], note: "kmatrix diagnose explains it.")
        case .checkPlatformReach:
            Remedy(
                "See whether the platform's address can be reached from the machine.",
                ["curl --max-time 5 'http://168.63.129.16/?comp=versions'", "ip route get 168.63.129.16", "sudo nft list ruleset"],
                note: "Neither a firewall nor a proxy may stand between the machine and 168.63.129.16, ports 80 and 32526.")
        default:
            Remedy(
                "Read what the agent says of itself.",
                ["sudo cat /var/log/azure-proxy-agent/status.json", "sudo journalctl --unit azure-proxy-agent.service --boot --no-pager", "sudo ls -l /var/log/azure-proxy-agent"],
                note: "kmatrix collect gathers all of it, and never a key.")
        }
    }
}
