import CGuestSystem
import Glibc
import GuestProtocol

/// The plan's steps, one after the other, and what they share: the agent, the connections that were opened, the listeners.
final class PlanCourse {
    private let plan: GuestPlan
    private let channel: ControlChannel
    private let children: ChildProcesses
    private let service: AgentService
    private let evidence: EvidenceSender
    private var agent: pid_t?
    private var hasStarted = false
    private var opened: [ClientExchange] = []

    /// The agent ended by itself: what follows would only repeat it.
    private struct AgentGone: Error {}

    init(plan: GuestPlan, channel: ControlChannel, children: ChildProcesses, service: AgentService, evidence: EvidenceSender) {
        self.plan = plan
        self.channel = channel
        self.children = children
        self.service = service
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
        if let agent { try service.stop(agent) }
    }

    func runShell() throws {
        let isRunning: Bool
        do {
            try startAgent()
            isRunning = true
        } catch is AgentGone {
            isRunning = false
        }
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
            if let agent { try service.stop(agent, signal: signal) }
            agent = nil
        case .pause(let milliseconds): try pause(milliseconds)
        case .clients(let specs):
            for task in tasks(specs) { try send(ClientChild(children: children).run(task)) }
        case .crowd(let specs, let count): try crowd(specs, count)
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
                // Whatever the umask is.
                guard chmod(path, mode) == 0 else { throw SystemCallError("chmod", path, code: errno) }
            }
        case .remove(let path): _ = unlink(path)
        case .command(let spec): try channel.send(.command(CommandChild(children: children).run(spec, deadline: plan.clientDeadline)))
        case .list(let path): try channel.send(.files(FileLister.list(path)))
        case .status(let item): try evidence.sendStatus(as: item)
        }
    }

    private func attempt(_ name: String, _ body: () throws -> Void) throws { try PlanExecution.step(name, body) }

    // MARK: The agent

    private func startAgent() throws {
        let process: pid_t
        do throws(SystemCallError) {
            process = try service.start()
        } catch {
            try channel.send(.agentEnded(.notStarted(error: error.code)))
            throw AgentGone()
        }
        if !hasStarted { try phase(.agentStarted) }
        switch try service.waitUntilSettled(process, channel: channel) {
        case .hostWentAway: throw ControlChannel.Failure.hostWentAway
        case .ended(let ending):
            try evidence.sendStatus(as: .status)
            try channel.send(.agentEnded(ending))
            throw AgentGone()
        case .settled: agent = process
        }
        if !hasStarted { try phase(.agentSettled) }
        hasStarted = true
    }

    private func checkAgent() throws {
        guard let agent, let ending = children.takeEnding(of: agent) else { return }
        self.agent = nil
        try channel.send(.agentEnded(ending))
        throw AgentGone()
    }

    // MARK: Clients

    /// Clients of one user and executable together, in the plan's order.
    private func tasks(_ specs: [ClientSpec]) -> [ClientTask] {
        var tasks: [ClientTask] = []
        for spec in specs {
            let fits = tasks.firstIndex { $0.specs[0].sharesProcess(with: spec) }
            if let fits {
                tasks[fits] = ClientTask(specs: tasks[fits].specs + [spec], isCrowd: false, deadline: plan.clientDeadline)
            } else {
                tasks.append(ClientTask(specs: [spec], isCrowd: false, deadline: plan.clientDeadline))
            }
        }
        return tasks
    }

    private func crowd(_ specs: [ClientSpec], _ count: UInt32) throws {
        let tasks = specs.map { spec in
            ClientTask(specs: (0..<count).map(spec.member), isCrowd: true, deadline: plan.clientDeadline)
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

    /// Returns early when the host goes away.
    private func pause(_ milliseconds: UInt32) throws {
        let deadline = Deadline(after: UInt64(milliseconds))
        while !deadline.hasPassed {
            guard !channel.isHungUp else { throw ControlChannel.Failure.hostWentAway }
            _ = try Readiness.wait(for: [channel.descriptor], timeout: min(deadline.remaining, 100))
        }
    }

    private func phase(_ phase: GuestPhase) throws(ControlChannel.Failure) {
        try channel.send(.phase(phase, uptimeMilliseconds: GuestClock.uptime))
    }
}
