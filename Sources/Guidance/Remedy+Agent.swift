/// What is done to the agent on the machine.
extension Remedy {
    static let startAgent = Remedy(
        "Start the agent's service and enable it at boot.",
        [
            "sudo systemctl unmask azure-proxy-agent.service", "sudo systemctl enable --now azure-proxy-agent.service",
            "systemctl status azure-proxy-agent.service",
        ],
        note: "If it exits again at once, its journal says why.")
    static let freePort = Remedy(
        "Find the process that holds the agent's port, end it, and restart the agent.",
        ["sudo ss --listening --tcp --processes --numeric 'sport = :3080'", "sudo systemctl restart azure-proxy-agent.service"])
    static let freeDisk = Remedy(
        "Free space where the agent keeps its key and logs.",
        [
            "df --human-readable /var/lib/azure-proxy-agent /var/log/azure-proxy-agent", "sudo journalctl --vacuum-size=100M",
            "sudo systemctl restart azure-proxy-agent.service",
        ])
    static let reportAgent = Remedy(
        "Report it to the agent's maker with the whole verifier log, `uname -r` and the agent's version.",
        ["azure-proxy-agent --version", "uname -r", "sudo tar -czf agent-logs.tar.gz /var/log/azure-proxy-agent"],
        note: "The logs hold no key. At trace level they hold signatures of requests.")
    static let readAgentLogs = Remedy(
        "Read what the agent reports.",
        [
            "sudo cat /var/log/azure-proxy-agent/status.json", "sudo journalctl --unit azure-proxy-agent.service --boot --no-pager",
            "sudo ls -l /var/log/azure-proxy-agent",
        ],
        note: "`kmatrix collect` gathers all of it, and never a key.")
}
