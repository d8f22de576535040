import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a unit of a distribution's systemd.
final class AgentUnit: AgentKeeper {
    static let name = "azure-proxy-agent.service"
    private static let deadline: UInt32 = 30_000

    private let children: ChildProcesses
    private let waitsForRunner: Bool
    private var wasStarted = false
    private var isStopped = false

    /// - Parameter waitsForRunner: Whether systemd starts the agent only once the runner says that it is ready.
    init(children: ChildProcesses, waitsForRunner: Bool) {
        self.children = children
        self.waitsForRunner = waitsForRunner
    }

    /// The first start is systemd's own.
    func start() throws {
        isStopped = false
        guard wasStarted else {
            wasStarted = true
            if waitsForRunner { try SystemCallError.check(gs_notify("READY=1"), "notify", "the service manager") }
            return
        }
        _ = unlink(AgentPlaces.statusFile)
        guard try run("start", Self.name).ending == .exited(code: 0) else { throw AgentNotStarted(code: ECANCELED) }
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
