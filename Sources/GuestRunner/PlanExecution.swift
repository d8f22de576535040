import CGuestSystem
import Glibc
import GuestProtocol
import MatrixModel

/// Carries out one plan, from the payload to the farewell. It does not depend on being PID 1.
struct PlanExecution {
    let plan: GuestPlan
    let channel: ControlChannel
    let children: ChildProcesses

    /// A failed set-up step. The guest reports it, and the cell ends.
    struct SetupFailure: Error {
        let step: String
        let reason: String
    }

    static let payloadDeadline: UInt64 = 10_000

    /// Returns after the farewell.
    func carryOut() throws(ControlChannel.Failure) {
        // Otherwise the runner in the initramfs has reported this phase.
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
            // The facts show why the kernel cannot do what the step needs.
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

    /// Whether the distribution booted before it received its plan: with its own boot loader, or from a snapshot.
    private var isUpAlready: Bool { if case .distribution(let start) = plan.userland { start.root == .mounted } else { false } }

    /// Installs the payload and the agent, as the initramfs does for a distribution that it boots.
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
