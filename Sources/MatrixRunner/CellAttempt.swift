import GuestImages
import EvidenceStore
import FabricSimulator
import Foundation
import GuestProtocol
import Judgement
import MatrixModel
import MatrixPlanning
import Probes
import QEMUGuest
import Synchronization
import SystemPackage

/// One attempt at a cell: boots its guest next to a fabric, gathers the evidence, judges it.
struct CellAttempt: Sendable {
    struct Outcome: Sendable {
        let conclusion: CellConclusion
        let provisioning: DeploymentFinding?
        let seconds: [Phase: Double]
        let birth: StartMode
    }

    let cell: Cell
    let scenario: Scenario
    let profile: BootProfile?
    let deployment: Deployment?
    /// What asks the guest for its layout, on its kernel's command line.
    let layoutArguments: [String]
    let agentProfile: AgentProfile
    let burst: Int
    /// Whether the distribution only boots, as the floor to measure against.
    let isBare: Bool
    let artefacts: PreparedCell
    let context: CellContext
    let folder: CellFolder

    init(_ planned: PlannedCell, _ artefacts: PreparedCell, _ context: CellContext, _ folder: CellFolder, isBare: Bool = false) {
        cell = planned.cell
        scenario = planned.scenario
        profile = planned.profile
        deployment = planned.deployment
        layoutArguments = planned.layoutArguments
        agentProfile = planned.agentProfile
        burst = planned.burst
        self.isBare = isBare
        self.artefacts = artefacts
        self.context = context
        self.folder = folder
    }

    /// How the guest is to start.
    /// - Throws: `CancellationError` only.
    func prepareStart(isShared: Bool) async throws -> BootPolicy.Start {
        try await context.boots?.start(of: origin, isShared: isShared) ?? .boot(reason: nil)
    }

    func run(_ wanted: BootPolicy.Start = .boot(reason: nil)) async -> Outcome {
        let start = ContinuousClock.now
        let session = if let boots = context.boots { await boots.lead(wanted, lead) } else { await lead(wanted) }
        let ended = ContinuousClock.now
        var evidence = session.evidence
        evidence.losses += EvidenceWriter(folder: folder, packagedConfiguration: artefacts.kernel.config, knownDefects: agentProfile.defects).write(evidence)
        let conclusion = CellConclusion(evidence, knownDefects: agentProfile.defects)
        var seconds = session.seconds(until: ended)
        seconds[.judge] = Self.seconds(ContinuousClock.now - ended)
        seconds[.total] = Self.seconds(ContinuousClock.now - start)
        return Outcome(conclusion: conclusion, provisioning: DeploymentFinding(evidence), seconds: seconds, birth: session.birth)
    }

    /// The guest's whole life, from its disk to its console.
    func lead(_ start: BootPolicy.Start = .boot(reason: nil)) async -> GuestSession {
        let session = GuestSession(
            plan: guestPlan(start), expectation: scenario.expectation, profile: profile, deployment: deployment, birth: start.birth,
            asked: AskedKernel(planned: cell, artefacts.kernel),
            events: { context.events(.cellPhase(cell.id, $0)) })
        let bootPlan = bootPlan(start)
        do {
            try saveCommand(bootPlan)
            try start.leaveConsole(in: folder.path)
            if let distribution = artefacts.distribution {
                if let layer = start.disk {
                    try await RootImageBuilder.overlay(of: layer, format: "qcow2", at: rootDisk)
                } else {
                    try await RootImageBuilder.overlay(of: distribution.root.disk, at: rootDisk)
                }
                try folder.write(FileManager.default.contents(atPath: distribution.root.packages.string).map(Array.init) ?? [], to: .packages)
            }
            if deployment != nil { try makeResourceDisk() }
            defer { for disk in [rootDisk, resourceDisk] { try? FileManager.default.removeItem(atPath: disk.string) } }
            let (outcome, requests) = try await withGuestOnPlatform(bootPlan, scenario: scenario, emulator: context.emulator) {
                await session.converse(with: $0)
            }
            session.end(outcome.ending, journal: requests)
            if let peak = outcome.peakMemory { context.memory?.note(peak, guest: bootPlan.memory) }
        } catch {
            session.fail(error)
        }
        session.readConsole(folder.file(.console))
        return session
    }

    /// Takes what the guest writes, and goes with it.
    private var rootDisk: FilePath { folder.path.appending("root.qcow2") }

    private var resourceDisk: FilePath { folder.path.appending("resource.img") }

    /// Empty and sparse. What cloud-init partitions and formats is as large as the smallest that it does not complain of.
    private func makeResourceDisk() throws {
        let file = try FileDescriptor.open(resourceDisk, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
        try file.closeAfter { try file.resize(to: 256 << 20) }
    }

    private func userland(_ start: BootPolicy.Start) -> Userland {
        guard let distribution = artefacts.distribution else { return .micro }
        let place = if case .snapshot = start { DistributionStart.Root.mounted } else { distribution.root.place }
        return .distribution(DistributionStart(root: place, package: isBare ? nil : distribution.package, isDeployment: deployment != nil))
    }

    private func guestPlan(_ start: BootPolicy.Start) -> GuestPlan {
        GuestPlan(
            mode: isBare ? .bareBoot : .matrix, userland: userland(start), layout: cell.cgroup, agentPath: ArtefactPreparer.agentPath,
            steps: isBare ? [] : steps,
            awaitsSuccess: scenario.expectation.status == "SUCCESS", agentDeadline: Self.milliseconds(agentDeadline),
            settlingWords: agentProfile.wordsForGuest, logs: agentProfile.logsForGuest,
            // Far longer than the platform's slowest answer: a crowd of clients on a machine with much to do is slow too.
            clientDeadline: Self.clientDeadline, crowdDeadline: max(Self.clientDeadline, Self.milliseconds(agentProfile.burstDeadline)))
    }

    private static let clientDeadline: UInt32 = 30_000

    private var steps: [GuestStep] {
        let refresh = agentProfile.statusRefresh.map(Self.milliseconds)
        if let deployment { return ProbeCourse.steps(for: deployment, statusRefresh: refresh) }
        return ProbeCourse.steps(for: scenario.expectation, pause: Self.milliseconds(scenario.pause), burst: burst, statusRefresh: refresh)
    }

    private static func milliseconds(_ duration: Duration) -> UInt32 { UInt32(duration / .milliseconds(1)) }

    /// Firmware, boot loader, the image's own initramfs and its cloud-init, under an emulator: six minutes, unless asked otherwise.
    private var selfBootTimeout: Duration { context.timeout * 4 }

    /// cloud-init waits for an agent for two minutes, and everything around it takes its time too.
    private static let deploymentTimeout = Duration.seconds(480)

    /// A distribution starts the agent while it boots, next to everything else.
    private var agentDeadline: Duration {
        context.agentDeadline * (artefacts.distribution == nil ? 1 : 3) + max(.zero, agentProfile.statusDeadline - AgentProfile.unknown.statusDeadline)
    }

    /// The boot that a snapshot for this cell is made of. A distribution has come up in it, without an agent.
    var origin: BootPlan {
        var plan = bootPlan(.boot(reason: nil))
        guard let root = artefacts.distribution?.root else { return plan }
        plan.distribution?.root = root.disk
        if root.firmware == nil {
            let start = DistributionStart(root: root.place, package: nil)
            plan.firstPlan = GuestPlan(mode: .standBy, userland: .distribution(start), layout: cell.cgroup, agentPath: ArtefactPreparer.agentPath)
        }
        return plan
    }

    private func bootPlan(_ start: BootPolicy.Start) -> BootPlan {
        var plan = BootPlan.cell(artefacts, accelerator: context.accelerator, network: context.products.network, folder: folder.path)
        plan.kernelArguments = context.kernelArguments + (profile?.kernelArguments ?? [])
        plan.sparesTime = context.sparesTime
        plan.limits.total = context.timeout
        if let distribution = artefacts.distribution {
            plan.distribution = DistributionDisks(
                root: rootDisk, modules: artefacts.kernel.modules, seed: distribution.root.seed, provisioning: distribution.provisioning,
                resource: deployment == nil ? nil : resourceDisk)
            if let firmware = distribution.root.firmware {
                plan.source = .firmware(firmware)
                // Nobody knows when it says something on this console, or whether it does at all.
                (plan.limits.ready, plan.limits.silence) = (selfBootTimeout, selfBootTimeout)
                plan.limits.total = selfBootTimeout * 2
            }
            plan.tables = distribution.tables
            plan.memory = GuestMemory.distribution
            // A service manager and a package manager under an emulator.
            plan.limits.total = max(plan.limits.total, context.timeout * 2)
            plan.kernelArguments += layoutArguments
            plan.kernelArguments += DistributionBootArguments.standard
            if deployment == nil {
                plan.kernelArguments.append(DistributionBootArguments.withoutCloudInit)
            } else {
                plan.limits.total = max(plan.limits.total, Self.deploymentTimeout)
            }
        }
        plan.limits.total += agentProfile.patience
        plan.begin(start)
        if artefacts.distribution?.root.firmware == nil { plan.limits.ready = min(plan.limits.ready, context.timeout) }
        return plan
    }

    /// The exact command, so that anybody can start the same guest by hand.
    private func saveCommand(_ bootPlan: BootPlan) throws {
        struct Command: Encodable {
            let emulator: String
            let version: String
            let accelerator: String
            let workingDirectory: String
            let arguments: [String]
        }
        try folder.save(
            Command(
                emulator: context.emulator.path.string, version: context.emulator.version.description, accelerator: context.accelerator.rawValue,
                workingDirectory: folder.path.string, arguments: QEMUCommandLine(bootPlan).arguments), to: .qemuCommand)
    }

    /// To the millisecond: more would be noise.
    static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return ((Double(parts.seconds) + Double(parts.attoseconds) / 1e18) * 1000).rounded() / 1000
    }
}

/// What a distribution's guest is told on its kernel's command line, beyond its layout.
enum DistributionBootArguments {
    /// `eth0` as on the platform; no questions at the first boot.
    static let standard = ["net.ifnames=0", "systemd.firstboot=no"]
    /// It runs only where a deployment is what is looked at.
    static let withoutCloudInit = "cloud-init=disabled"
}

extension BootPlan {
    /// What every cell's guest is booted with.
    static func cell(_ artefacts: PreparedCell, accelerator: Accelerator, network: FilePath, folder: FilePath) -> BootPlan {
        var plan = BootPlan(
            kernel: artefacts.kernel.boot, initramfs: artefacts.kernel.initramfs, architecture: artefacts.kernel.architecture, payload: artefacts.payload,
            accelerator: accelerator, folder: folder)
        plan.memory = GuestMemory.micro
        plan.timeStampKilohertz = TimeStampCounter.kilohertz(of: artefacts.kernel.architecture, under: accelerator)
        plan.network = GuestNetwork(
            program: network, wireServer: SocketFolder.inside(Fabric.socketName(.wireServer)),
            hostGAPlugin: SocketFolder.inside(Fabric.socketName(.hostGAPlugin)),
            imds: SocketFolder.inside(Fabric.socketName(.imds)))
        return plan
    }
}
