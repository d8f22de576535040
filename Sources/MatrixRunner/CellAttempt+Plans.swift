import EvidenceStore
import FabricSimulator
import GuestImages
import GuestProtocol
import MatrixModel
import MatrixPlanning
import Probes
import QEMUGuest
import SystemPackage

/// The boot plan for the emulator and the test plan for the guest.
extension CellAttempt {
    var rootDisk: FilePath { folder.path.appending("root.qcow2") }
    var resourceDisk: FilePath { folder.path.appending("resource.img") }

    /// The boot from which this cell's snapshot is made. A distribution has finished booting in it, without an agent.
    var origin: BootPlan {
        var plan = bootPlan(.boot(reason: nil))
        guard let root = artefacts.distribution?.root else { return plan }
        plan.distribution?.root = root.disk
        if root.firmware == nil {
            let start = DistributionStart(root: root.place, package: nil)
            plan.firstPlan = GuestPlan(
                mode: .standBy, userland: .distribution(start), layout: planned.cell.cgroup, agentPath: ArtefactPreparer.agentPath)
        }
        return plan
    }

    func bootPlan(_ start: BootPolicy.Start) -> BootPlan {
        var plan = BootPlan.cell(artefacts, accelerator: context.accelerator, network: context.products.network, folder: folder.path)
        plan.kernelArguments = context.kernelArguments + (planned.profile?.kernelArguments ?? [])
        plan.processorFeature = planned.profile?.processorFeature
        plan.sparesTime = context.sparesTime
        plan.limits = GuestLimits(of: starter, timeout: context.timeout, extraTime: planned.agentProfile.extraTime)
        if let distribution = artefacts.distribution {
            plan.distribution = DistributionDisks(
                root: rootDisk, modules: artefacts.kernel.modules, seed: distribution.root.seed, provisioning: distribution.provisioning,
                resource: planned.deployment == nil ? nil : resourceDisk)
            if let firmware = distribution.root.firmware { plan.source = .firmware(firmware) }
            plan.tables = distribution.tables
            plan.memory = GuestMemory.distribution
            plan.kernelArguments += planned.layoutArguments + DistributionBootArguments.standard
            if planned.deployment == nil { plan.kernelArguments.append(DistributionBootArguments.withoutCloudInit) }
        }
        plan.begin(start)
        return plan
    }

    private var starter: GuestLimits.Starter {
        guard let root = artefacts.distribution?.root else { return .micro }
        return root.firmware == nil ? .distribution(isDeployment: planned.deployment != nil) : .ownLoader
    }

    func guestPlan(_ start: BootPolicy.Start) -> GuestPlan {
        let profile = planned.agentProfile
        return GuestPlan(
            mode: isBare ? .bareBoot : .matrix, userland: userland(start), layout: planned.cell.cgroup, agentPath: ArtefactPreparer.agentPath,
            steps: isBare ? [] : steps,
            awaitsSuccess: planned.scenario.expectation.status == "SUCCESS", agentDeadline: Self.milliseconds(agentDeadline),
            settlingWords: profile.wordsForGuest, logs: profile.logsForGuest,
            // Far longer than the platform's slowest answer: a burst of clients on a busy machine is slow too.
            clientDeadline: Self.clientDeadline, burstDeadline: max(Self.clientDeadline, Self.milliseconds(profile.burstDeadline)))
    }

    private static let clientDeadline: UInt32 = 30_000

    private func userland(_ start: BootPolicy.Start) -> Userland {
        guard let distribution = artefacts.distribution else { return .micro }
        let place = if case .snapshot = start { DistributionStart.Root.mounted } else { distribution.root.place }
        return .distribution(DistributionStart(root: place, package: isBare ? nil : distribution.package, isDeployment: planned.deployment != nil))
    }

    private var steps: [GuestStep] {
        let refresh = planned.agentProfile.statusRefresh.map(Self.milliseconds)
        if let deployment = planned.deployment { return ProbeCourse.steps(for: deployment, statusRefresh: refresh) }
        return ProbeCourse.steps(
            for: planned.scenario.expectation, pause: Self.milliseconds(planned.scenario.pause), burst: planned.burst, statusRefresh: refresh)
    }

    /// A distribution starts the agent while it boots, next to everything else.
    private var agentDeadline: Duration {
        context.agentDeadline * (artefacts.distribution == nil ? 1 : 3)
            + max(.zero, planned.agentProfile.statusDeadline - AgentProfile.unknown.statusDeadline)
    }

    private static func milliseconds(_ duration: Duration) -> UInt32 { UInt32(duration / .milliseconds(1)) }
}
