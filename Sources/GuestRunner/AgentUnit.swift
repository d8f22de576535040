import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a unit of a distribution's systemd.
final class AgentUnit: AgentKeeper {
    static let name = "azure-proxy-agent.service"
    private static let deadline: UInt32 = 30_000

    private let children: ChildProcesses
    /// What keeps systemd from starting the agent before the plan is ready for it.
    enum Gate {
        case none
        /// The agent's unit waits for the runner's unit to report that it is ready (sd_notify(3)).
        case notification
        /// The agent was installed into a running system, where its package would start it at once: its unit has a condition.
        case condition
    }

    private let gate: Gate
    private var wasStarted = false
    private var isStopped = false

    init(children: ChildProcesses, gate: Gate) {
        self.children = children
        self.gate = gate
    }

    private static let permission = "/run/kmatrix/agent-may-start"

    /// Installs the condition. Must be called before the package is installed.
    static func close() throws(SystemCallError) {
        try SmallFile.write(Array("[Unit]\nConditionPathExists=\(permission)\n".utf8), to: "/run/systemd/system/\(name).d/kmatrix.conf")
    }

    /// systemd itself starts the agent the first time, unless a condition prevents it.
    func start() throws {
        isStopped = false
        guard wasStarted else {
            wasStarted = true
            switch gate {
            case .none: return
            case .notification: try SystemCallError.check(gs_notify("READY=1"), "notify", "the service manager")
            case .condition:
                try SmallFile.write([], to: Self.permission)
                guard try run("start", Self.name).ending == .exited(code: 0) else { throw AgentNotStarted(code: ECANCELED) }
            }
            return
        }
        _ = unlink(AgentPlaces.statusFile)
        guard try run("start", Self.name).ending == .exited(code: 0) else { throw AgentNotStarted(code: ECANCELED) }
    }

    func stop(signal: Int32) throws {
        isStopped = true
        // With Restart=always systemd would restart an agent that died of a signal, so the stop follows at once.
        if signal != SIGTERM { _ = try run("kill", "--signal=\(signal)", Self.name) }
        _ = try run("stop", Self.name)
    }

    func unexpectedEnding() throws -> ProcessEnding? {
        guard !isStopped else { return nil }
        return UnitState(parsing: String(decoding: try run("show", "--property=\(UnitState.properties)", Self.name).output, as: UTF8.self)).ending
    }

    var wakeDescriptor: Int32? { nil }
    /// In milliseconds. Each query of systemd costs a process.
    var interval: Int32 { 1_500 }

    private func run(_ arguments: String...) throws(SystemCallError) -> CommandReport {
        try CommandChild(children: children).run(CommandSpec(name: "systemctl", path: "systemctl", arguments: arguments), deadline: Self.deadline)
    }
}
