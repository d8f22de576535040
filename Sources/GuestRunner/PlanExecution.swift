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
    struct SetupFailure: Error {
        let step: String
        let reason: String
    }

    static let payloadDeadline: UInt64 = 10_000

    /// Returns when the farewell is said.
    func carryOut() throws(ControlChannel.Failure) {
        // In a distribution that the initramfs brought up, it has said so.
        if plan.userland == .micro || isUpAlready { try phase(.planReceived) }
        guard plan.mode != .nothing, plan.mode != .bareBoot else { return try channel.sendFarewell() }
        let evidence = EvidenceSender(channel: channel)
        do {
            let agent: any AgentKeeper
            switch plan.userland {
            case .micro:
                try prepare()
                try Self.step("surroundings") { try AgentService.prepareSurroundings() }
                agent = AgentService(plan: plan, children: children)
            case .distribution(let start):
                if isUpAlready { try install(start) }
                try phase(.unitStarted)
                if !start.isDeployment { try network() }
                agent = AgentUnit(children: children, gate: isUpAlready ? .condition : start.isDeployment ? .none : .notification)
            }
            try evidence.sendFacts()
            let course = PlanInterpreter(plan: plan, channel: channel, children: children, agent: agent, evidence: evidence)
            if plan.mode == .shell { try course.runShell() } else { try course.carryOut() }
        } catch let failure as SetupFailure {
            // The facts say why a kernel cannot do what the step needed.
            try evidence.sendFacts()
            try channel.send(.setupFailed(step: failure.step, reason: failure.reason))
        } catch let failure as ControlChannel.Failure {
            throw failure
        } catch {
            try channel.send(.setupFailed(step: "plan", reason: "\(error)"))
        }
        try evidence.sendResults(logs: plan.logs)
        if plan.userland != .micro { try DistributionEvidence(children: children, evidence: evidence).send() }
        try phase(.evidenceSent)
        try channel.sendFarewell()
    }

    /// Without the runner, or before it was told what to deploy.
    private var isUpAlready: Bool { if case .distribution(let start) = plan.userland { start.root == .mounted } else { false } }

    /// What the initramfs does where it brings the distribution up with the agent in it.
    private func install(_ start: DistributionStart) throws {
        try unpackPayload()
        guard let package = start.package else { return }
        try Self.step("unit") { try AgentUnit.close() }
        try PackageInstallation(children: children).install("/" + package, evidence: EvidenceSender(channel: channel))
        try phase(.agentInstalled)
    }

    private func unpackPayload() throws {
        try Self.step("payload") {
            let devices = DeviceWaiting()
            guard let disk = devices.first(before: Deadline(after: Self.payloadDeadline), { DeviceWaiting.disk(.payload) }) else {
                throw SystemCallError("find the disk", GuestDisk.payload.rawValue, code: ENODEV)
            }
            try PayloadUnpacking.unpack(disk, below: "/")
        }
        try phase(.payloadUnpacked)
    }

    private func prepare() throws {
        try unpackPayload()
        try Self.step("cgroup-layout") {
            let layout = try CgroupLayoutPlan(
                plan.layout, filesystems: SmallFile.text("/proc/filesystems") ?? "", controllers: SmallFile.text("/proc/cgroups") ?? "")
            for refusal in try layout.carryOut() { RunnerLog.say("left out: \(refusal)") }
        }
        try phase(.layoutReady)
        try network()
    }

    private func network() throws {
        try Self.step("network") { try NetworkSetup.carryOut() }
        try phase(.networkReady)
    }

    private func phase(_ phase: GuestPhase) throws(ControlChannel.Failure) {
        try channel.send(.phase(phase, uptimeMilliseconds: GuestClock.uptime))
    }

    static func step(_ name: String, _ body: () throws -> Void) throws(SetupFailure) {
        do {
            try body()
        } catch {
            throw SetupFailure(step: name, reason: "\(error)")
        }
    }
}
