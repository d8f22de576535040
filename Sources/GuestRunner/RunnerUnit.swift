import GuestProtocol

/// The runner as a unit of a distribution's service manager.
enum RunnerUnit {
    /// - Parameter holdsAgent: Whether the agent's unit is started only once the runner is ready for it.
    static func text(holdsAgent: Bool) -> String {
        """
        [Unit]
        Description=Test harness: plays the clients and gathers evidence
        DefaultDependencies=no
        After=local-fs.target dbus.socket systemd-udevd.service
        \(holdsAgent ? "Before=azure-proxy-agent.service\n" : "")
        [Service]
        Type=\(holdsAgent ? "notify" : "simple")
        ExecStart=\(InstalledRunner.path) \(GuestRunnerCommand.unitArgument)
        StandardOutput=journal+console
        StandardError=journal+console
        TimeoutStartSec=infinity

        """
    }
}
