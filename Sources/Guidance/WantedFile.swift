/// A file or an output that settles a question, and how to come by it. Everything here only reads.
public enum WantedFile: String, CaseIterable, Hashable, Sendable {
    case status = "status.json"
    case agentLog = "agent log"
    case unitStatus = "systemctl status"
    case journal = "journal of the agent"
    case kernelRelease = "uname -r"
    case osRelease = "os-release"
    case filesystems = "filesystems"
    case mounts = "mounts"
    case verifierLog = "verifier log"
    case kernelLog = "kernel log"
    case securityModules = "lockdown"
    case cloudInitLog = "cloud-init.log"
    case keyStatus = "model of the virtual machine"
    case drivers = "sc query of the drivers"
    case windowsAgent = "sc query of the agent"
    case windowsStatus = "status.json of Windows"
    case cell = "evidence folder"

    /// What to type for it.
    public var command: String {
        switch self {
        case .status: "sudo cat /var/log/azure-proxy-agent/status.json"
        case .agentLog: "sudo tail -n 500 /var/log/azure-proxy-agent/ProxyAgent.log"
        case .unitStatus: "systemctl status azure-proxy-agent.service --no-pager --full"
        case .journal: "sudo journalctl --unit azure-proxy-agent.service --boot --no-pager"
        case .kernelRelease: "uname -r"
        case .osRelease: "cat /etc/os-release"
        case .filesystems: "grep cgroup /proc/filesystems"
        case .mounts: "mount | grep cgroup2"
        case .verifierLog: "sudo grep -r -A 400 'Verifier output' /var/log/azure-proxy-agent/"
        case .kernelLog: "sudo dmesg"
        case .securityModules: "cat /sys/kernel/security/lockdown"
        case .cloudInitLog: "sudo cat /var/log/cloud-init.log"
        case .keyStatus: "az vm show --resource-group RESOURCE_GROUP --name VM --query securityProfile.proxyAgentSettings"
        case .drivers: "sc.exe query eBPFCore & sc.exe query NetEbpfExt"
        case .windowsAgent: "sc.exe query GuestProxyAgent"
        case .windowsStatus: "type C:\\WindowsAzure\\ProxyAgent\\Logs\\status.json"
        case .cell: "kmatrix run --kernel SERIES --cgroup LAYOUT --out EVIDENCE"
        }
    }
}
