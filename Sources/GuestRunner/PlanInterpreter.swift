import CGuestSystem
import Glibc
import GuestProtocol

/// Carries out the plan's steps one after the other, with their shared state: the agent, open connections, listeners.
final class PlanInterpreter {
    private let plan: GuestPlan
    private let channel: ControlChannel
    private let children: ChildProcesses
    private let agent: any AgentKeeper
    private let evidence: EvidenceSender
    private var isRunning = false
    private var hasStarted = false
    /// Whether a log line said that no status will follow.
    private var isSettledByLog = false
    private var opened: [ClientExchange] = []

    /// The agent has exited, so the following steps would only fail again.
    private struct AgentGone: Error {}

    init(plan: GuestPlan, channel: ControlChannel, children: ChildProcesses, agent: any AgentKeeper, evidence: EvidenceSender) {
        self.plan = plan
        self.channel = channel
        self.children = children
        self.agent = agent
        self.evidence = evidence
    }

    func carryOut() throws {
        do {
            for step in plan.steps {
                guard !channel.isHungUp else { throw ControlChannel.Failure.hostWentAway }
                try carryOut(step)
                try checkAgent()
            }
            try phase(.clientsDone)
        } catch is AgentGone {
            return
        }
        try stopAgent(signal: SIGTERM)
    }

    func runShell() throws {
        do { try startAgent() } catch is AgentGone {}
        do throws(SystemCallError) {
            try GuestShell(children: children).run(layout: plan.layout, agent: isRunning ? "runs" : "has ended")
        } catch {
            try channel.send(.setupFailed(step: "shell", reason: "\(error)"))
        }
    }

    private func carryOut(_ step: GuestStep) throws {
        switch step {
        case .startAgent: try startAgent()
        case .stopAgent(let signal):
            try stopAgent(signal: signal)
        case .pause(let milliseconds): try wait(milliseconds)
        case .clients(let specs):
            for task in tasks(specs) { try send(ClientChild(children: children).run(task)) }
        case .burst(let specs, let count): try burst(specs, count)
        case .open(let specs):
            opened = specs.map(ClientExchange.init)
            ClientRun.connect(opened, deadline: Deadline(after: UInt64(plan.clientDeadline)))
        case .finish:
            ClientRun.finish(opened, deadline: Deadline(after: UInt64(plan.clientDeadline)))
            try send(opened.map(\.report))
            opened = []
        case .listen(let address, let port):
            // Kept open to the end of the guest.
            try attempt("listen") { try SystemCallError.check(gs_listen(address, Int32(address.count), port), "listen", "port \(port)") }
        case .write(let path, let content, let mode):
            try attempt("write \(path)") {
                try SmallFile.write(content, to: path, mode: mode)
                // Independent of the umask.
                guard chmod(path, mode) == 0 else { throw SystemCallError("chmod", path, code: errno) }
            }
        case .remove(let path): _ = unlink(path)
        case .command(let spec): try channel.send(.command(CommandChild(children: children).run(spec, deadline: plan.clientDeadline)))
        case .list(let path): try channel.send(.files(FileLister.list(path)))
        case .status(let item): try evidence.sendStatus(as: item)
        case .await(let path, let milliseconds): try wait(milliseconds) { SmallFile.exists(path) }
        case .awaitStatus(let milliseconds):
            let before = FileVersion(AgentPlaces.statusFile)
            if !isSettledByLog { try wait(milliseconds) { FileVersion(AgentPlaces.statusFile) != before } }
        }
    }

    private func attempt(_ name: String, _ body: () throws -> Void) throws { try PlanExecution.step(name, body) }

    // MARK: The agent

    private func startAgent() throws {
        let log = LogWatch(plan.settlingWords)
        do {
            try agent.start()
        } catch let failure as AgentNotStarted {
            try channel.send(.agentEnded(.notStarted(error: failure.code)))
            throw AgentGone()
        }
        if !hasStarted { try phase(.agentStarted) }
        switch try AgentSettling(keeper: agent, plan: plan).wait(channel: channel, log: log) {
        case .hostWentAway: throw ControlChannel.Failure.hostWentAway
        case .ended(let ending):
            try evidence.sendStatus(as: .status)
            try channel.send(.agentEnded(ending))
            throw AgentGone()
        case .settled: (isRunning, isSettledByLog) = (true, false)
        case .settledByLog: (isRunning, isSettledByLog) = (true, true)
        }
        if !hasStarted { try phase(.agentSettled) }
        hasStarted = true
    }

    private func stopAgent(signal: Int32) throws {
        if isRunning { try agent.stop(signal: signal) }
        isRunning = false
    }

    private func checkAgent() throws {
        guard isRunning, let ending = try agent.unexpectedEnding() else { return }
        isRunning = false
        try channel.send(.agentEnded(ending))
        throw AgentGone()
    }

    // MARK: Clients

    /// Groups clients of one user and executable into one task. The tasks are in the order of their first clients.
    private func tasks(_ specs: [ClientSpec]) -> [ClientTask] {
        var tasks: [ClientTask] = []
        for spec in specs {
            let fits = tasks.firstIndex { $0.specs[0].sharesProcess(with: spec) }
            if let fits {
                tasks[fits] = ClientTask(specs: tasks[fits].specs + [spec], isBurst: false, deadline: plan.clientDeadline)
            } else {
                tasks.append(ClientTask(specs: [spec], isBurst: false, deadline: plan.clientDeadline))
            }
        }
        return tasks
    }

    private func burst(_ specs: [ClientSpec], _ count: UInt32) throws {
        let tasks = specs.map { spec in
            ClientTask(specs: (0..<count).map(spec.member), isBurst: true, deadline: plan.burstDeadline)
        }
        let child = ClientChild(children: children)
        switch tasks.count {
        case 0: break
        case 1: try send(child.run(tasks[0]))
        default:
            try send(child.run(tasks[0], beside: tasks[1]))
            for task in tasks.dropFirst(2) { try send(child.run(task)) }
        }
    }

    private func send(_ reports: [ClientReport]) throws(ControlChannel.Failure) {
        for report in reports { try channel.send(.client(report)) }
    }

    /// Returns early when the condition holds.
    private func wait(_ milliseconds: UInt32, until isThere: () -> Bool = { false }) throws {
        let deadline = Deadline(after: UInt64(milliseconds))
        while !deadline.hasPassed, !isThere() {
            guard !channel.isHungUp else { throw ControlChannel.Failure.hostWentAway }
            _ = try Readiness.wait(for: [channel.descriptor], timeout: min(deadline.remaining, 100))
        }
    }

    private func phase(_ phase: GuestPhase) throws(ControlChannel.Failure) {
        try channel.send(.phase(phase, uptimeMilliseconds: GuestClock.uptime))
    }
}
