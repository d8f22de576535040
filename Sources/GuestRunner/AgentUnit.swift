import CGuestSystem
import Glibc
import GuestProtocol

/// The agent as a unit of a distribution's systemd.
final class AgentUnit: AgentKeeper {
    static let name = "azure-proxy-agent.service"
    private static let deadline: UInt32 = 30_000

    private let children: ChildProcesses
    /// What holds systemd back from starting the agent before the plan is ready for it.
    enum Gate {
        case none
        /// The agent's unit waits for the runner's, which says when it is ready.
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

    /// Puts the condition in place; to be done before the package is installed.
    static func close() throws(SystemCallError) {
        try SmallFile.write(Array("[Unit]\nConditionPathExists=\(permission)\n".utf8), to: "/run/systemd/system/\(name).d/kmatrix.conf")
    }

    /// The first start is systemd's own, but where a condition held it back.
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
