import GuestProtocol

/// Evidence of a distribution at the end of the plan: its service manager, the agent's unit, cloud-init.
struct DistributionEvidence {
    let children: ChildProcesses
    let evidence: EvidenceSender

    private static let deadline: UInt32 = 20_000

    private static let commands: [(EvidenceItem, String, [String])] = [
        // Waits until the boot is complete; before that systemd-analyze prints nothing.
        (.systemState, "systemctl", ["is-system-running", "--wait"]),
        (.bootTime, "systemd-analyze", ["time"]),
        (.serviceManager, "systemctl", ["--version"]),
        (.unitState, "systemctl", ["show", AgentUnit.name]),
        (.unitJournal, "journalctl", ["--boot", "--no-pager", "--output=short-precise", "--unit=\(AgentUnit.name)"]),
        (.systemJournal, "journalctl", ["--boot", "--no-pager", "--output=short-precise", "--priority=warning"]),
        (.cloudInitStatus, "cloud-init", ["status", "--long"]),
    ]
    private static let files: [(EvidenceItem, String)] = [
        (.distribution, "/etc/os-release"), (.distribution, "/usr/lib/os-release"), (.cloudInitLog, "/var/log/cloud-init.log"),
        (.cloudInitResult, "/run/cloud-init/result.json"),
    ]

    func send() throws(ControlChannel.Failure) {
        var sent: Set<EvidenceItem> = []
        for (item, path) in Self.files where !sent.contains(item) && SmallFile.exists(path) {
            // os-release is a link in /etc, and links are not followed.
            if try evidence.send(item, file: path) { sent.insert(item) }
        }
        for (item, path, arguments) in Self.commands {
            let spec = CommandSpec(name: "\(item)", path: path, arguments: arguments)
            guard let report = try? CommandChild(children: children).run(spec, deadline: Self.deadline, limit: WireFormat.maximumItem) else { continue }
            // A distribution without the program gives no evidence here.
            if case .notStarted? = report.ending { continue }
            try evidence.send(item, report.output)
        }
    }
}
