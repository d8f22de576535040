import GuestImages
import EvidenceStore
import FabricSimulator
import Foundation
import Judgement
import MatrixModel
import MatrixPlanning
import Probes
import QEMUGuest
import SystemPackage

/// One attempt at a cell: boots its guest next to a simulated platform, gathers the evidence, judges it.
struct CellAttempt: Sendable {
    struct Outcome: Sendable {
        let conclusion: CellConclusion
        let provisioning: DeploymentFinding?
        let seconds: [Phase: Double]
        let startMode: StartMode
    }

    let planned: PlannedCell
    /// Whether the distribution only boots, as the baseline of a benchmark.
    let isBare: Bool
    let artefacts: PreparedCell
    let context: CellContext
    let folder: CellFolder

    init(_ planned: PlannedCell, _ artefacts: PreparedCell, _ context: CellContext, _ folder: CellFolder, isBare: Bool = false) {
        self.planned = planned
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
        let session = if let boots = context.boots { await boots.run(wanted, runGuest) } else { await runGuest(wanted) }
        let ended = ContinuousClock.now
        var evidence = session.evidence
        let defects = planned.agentProfile.defects
        evidence.losses += EvidenceWriter(folder: folder, packagedConfiguration: artefacts.kernel.config, knownDefects: defects).write(evidence)
        let conclusion = CellConclusion(evidence, knownDefects: defects)
        var seconds = session.seconds(until: ended)
        seconds[.judge] = Self.seconds(ContinuousClock.now - ended)
        seconds[.total] = Self.seconds(ContinuousClock.now - start)
        return Outcome(conclusion: conclusion, provisioning: DeploymentFinding(evidence), seconds: seconds, startMode: session.startMode)
    }

    /// Creates the guest's disks, runs it to its end and reads its console. Errors become part of the session's evidence.
    func runGuest(_ start: BootPolicy.Start = .boot(reason: nil)) async -> GuestSession {
        let session = GuestSession(
            plan: guestPlan(start), expectation: planned.scenario.expectation, profile: planned.profile, deployment: planned.deployment,
            startMode: start.startMode, asked: AskedKernel(planned: planned.cell, artefacts.kernel),
            events: { context.events(.cellPhase(planned.cell.id, $0)) })
        let bootPlan = bootPlan(start)
        do {
            try saveCommand(bootPlan)
            try start.leaveConsole(in: folder.path)
            defer { for disk in [rootDisk, resourceDisk] { try? FileManager.default.removeItem(atPath: disk.string) } }
            try await makeDisks(start)
            let (outcome, requests) = try await withGuestOnPlatform(bootPlan, scenario: planned.scenario, emulator: context.emulator) {
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

    /// Creates the disks that the guest writes to. They are deleted when it ends.
    private func makeDisks(_ start: BootPolicy.Start) async throws {
        if let root = artefacts.distribution?.root {
            if let layer = start.disk {
                try await RootImageBuilder.overlay(of: layer, format: "qcow2", at: rootDisk)
            } else {
                try await RootImageBuilder.overlay(of: root.disk, at: rootDisk)
            }
            try folder.write(FileManager.default.contents(atPath: root.packages.string).map(Array.init) ?? [], to: .packages)
        }
        guard planned.deployment != nil else { return }
        // Empty and sparse. This is the smallest size at which cloud-init partitions and formats the disk without a warning.
        let file = try FileDescriptor.open(resourceDisk, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
        try file.closeAfter { try file.resize(to: 256 << 20) }
    }

    /// The exact command, so that a reader can start the same guest by hand.
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

    /// In seconds, rounded to milliseconds: more digits would be noise.
    static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return ((Double(parts.seconds) + Double(parts.attoseconds) / 1e18) * 1000).rounded() / 1000
    }
}
