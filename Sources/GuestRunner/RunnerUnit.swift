import GuestProtocol

/// The runner as a unit of a distribution's service manager.
enum RunnerUnit {
    /// When the service manager starts it.
    enum Start: String {
        /// As early as it can do its work.
        case early = "sysinit.target"
        /// Once everything else has been started.
        case booted = "multi-user.target"

        var after: String { self == .early ? "local-fs.target dbus.socket systemd-udevd.service" : rawValue }
    }

    /// - Parameter holdsAgent: Whether the agent's unit waits until the runner is ready.
    static func text(start: Start = .early, holdsAgent: Bool) -> String {
        """
        [Unit]
        Description=Test harness: plays the clients and gathers evidence
        DefaultDependencies=no
        After=\(start.after)
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
