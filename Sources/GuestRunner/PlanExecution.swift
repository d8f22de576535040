import CGuestSystem
import Glibc
import GuestProtocol
import MatrixModel

/// Carries out one plan, from the payload to the farewell. Knows nothing of being PID 1.
struct PlanExecution {
    let plan: GuestPlan
    let channel: ControlChannel
    let children: ChildProcesses

    /// A step that could not be done: the guest says which, and the cell is over.
    private struct SetupFailure: Error {
        let step: String
        let reason: String
    }

    static let payloadDeadline: UInt64 = 10_000

    /// Returns when the farewell is said.
    func carryOut() throws(ControlChannel.Failure) {
        try phase(.planReceived)
        guard plan.mode != .nothing else { return try channel.sendFarewell() }
        let evidence = EvidenceSender(channel: channel)
        var wasSettled = false
        do {
            try prepare()
            try evidence.sendFacts()
            try runAgent(evidence, &wasSettled)
        } catch let failure as SetupFailure {
            // The facts say why a kernel cannot do what the step needed.
            try evidence.sendFacts()
            try channel.send(.setupFailed(step: failure.step, reason: failure.reason))
        } catch let failure as ControlChannel.Failure {
            throw failure
        } catch {
            try channel.send(.setupFailed(step: "plan", reason: "\(error)"))
        }
        try evidence.sendResults(wasSettled: wasSettled)
        try phase(.evidenceSent)
        try channel.sendFarewell()
    }

    private func prepare() throws {
        try step("payload") {
            let devices = DeviceWaiting()
            guard let disk = devices.first(before: Deadline(after: Self.payloadDeadline), { DeviceWaiting.payloadDisk() }) else {
                throw SystemCallError("find a virtio disk in", "/sys/block", code: ENODEV)
            }
            try PayloadUnpacking.unpack(disk, below: "/")
        }
        try phase(.payloadUnpacked)
        try step("cgroup-layout") {
            let layout = try CgroupLayoutPlan(
                plan.layout, filesystems: SmallFile.text("/proc/filesystems") ?? "", controllers: SmallFile.text("/proc/cgroups") ?? "")
            for refusal in try layout.carryOut() { RunnerLog.say("left out: \(refusal)") }
        }
        try phase(.layoutReady)
        try step("network") { try NetworkSetup.carryOut() }
        try phase(.networkReady)
    }

    private func runAgent(_ evidence: EvidenceSender, _ wasSettled: inout Bool) throws {
        let service = AgentService(plan: plan, children: children)
        try step("surroundings") { try service.prepareSurroundings() }
        let agent: pid_t
        do throws(SystemCallError) {
            agent = try service.start()
        } catch {
            return try channel.send(.agentEnded(.notStarted(error: error.code)))
        }
        try phase(.agentStarted)
        switch try service.waitUntilSettled(agent, channel: channel) {
        case .hostWentAway: throw ControlChannel.Failure.hostWentAway
        case .ended(let ending):
            try channel.send(.agentEnded(ending))
            if plan.mode == .shell { try runShell(agent: "has ended (\(ending))") }
        case .settled:
            try phase(.agentSettled)
            if plan.mode == .shell { return try runShell(agent: "runs") }
            try evidence.sendStatus()
            wasSettled = true
            if try runClients(agent) { try service.stop(agent) }
        }
    }

    /// Returns whether the agent was there to the end.
    private func runClients(_ agent: pid_t) throws(ControlChannel.Failure) -> Bool {
        let runner = ClientChild(children: children)
        for specs in Self.byUser(plan.clients) {
            guard !channel.isHungUp else { throw .hostWentAway }
            for report in runner.run(specs, deadline: plan.clientDeadline) { try channel.send(.client(report)) }
            guard let ending = children.takeEnding(of: agent) else { continue }
            try channel.send(.agentEnded(ending))
            return false
        }
        try phase(.clientsDone)
        return true
    }

    /// Clients of one user together, users and clients in the plan's order.
    private static func byUser(_ clients: [ClientSpec]) -> [[ClientSpec]] {
        var users: [UInt32] = []
        for client in clients where !users.contains(client.user) { users.append(client.user) }
        return users.map { user in clients.filter { $0.user == user } }
    }

    private func runShell(agent: String) throws(ControlChannel.Failure) {
        do throws(SystemCallError) {
            try GuestShell(children: children).run(layout: plan.layout, agent: agent)
        } catch {
            try channel.send(.setupFailed(step: "shell", reason: "\(error)"))
        }
    }

    private func phase(_ phase: GuestPhase) throws(ControlChannel.Failure) {
        try channel.send(.phase(phase, uptimeMilliseconds: GuestClock.uptime))
    }

    private func step(_ name: String, _ body: () throws -> Void) throws(SetupFailure) {
        do {
            try body()
        } catch {
            throw SetupFailure(step: name, reason: "\(error)")
        }
    }
}
