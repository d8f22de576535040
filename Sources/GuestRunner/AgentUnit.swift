import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a unit of a distribution's systemd.
final class AgentUnit: AgentKeeper {
    static let name = "azure-proxy-agent.service"
    private static let deadline: UInt32 = 30_000

    private let children: ChildProcesses
    private var wasReleased = false
    private var isStopped = false

    init(children: ChildProcesses) { self.children = children }

    /// The first start is systemd's own: its unit has waited for the runner to say that it is ready.
    func start() throws {
        _ = unlink(AgentPlaces.statusFile)
        isStopped = false
        if wasReleased {
            guard try run("start", Self.name).ending == .exited(code: 0) else { throw AgentNotStarted(code: ECANCELED) }
        } else {
            wasReleased = true
            try SystemCallError.check(gs_notify("READY=1"), "notify", "the service manager")
        }
    }

    func stop(signal: Int32) throws {
        isStopped = true
        // Restart=always would bring an agent back that died of a signal; so it is killed on the way to a stop.
        if signal != SIGTERM { _ = try run("kill", "--signal=\(signal)", Self.name) }
        _ = try run("stop", Self.name)
    }

    func unexpectedEnding() throws -> ProcessEnding? {
        guard !isStopped else { return nil }
        return UnitState(parsing: String(decoding: try run("show", "--property=\(UnitState.properties)", Self.name).output, as: UTF8.self)).ending
    }

    var wakeDescriptor: Int32? { nil }
    /// Asking systemd costs a process.
    var interval: Int32 { 1_500 }

    private func run(_ arguments: String...) throws(SystemCallError) -> CommandReport {
        try CommandChild(children: children).run(CommandSpec(name: "systemctl", path: "systemctl", arguments: arguments), deadline: Self.deadline)
    }
}
