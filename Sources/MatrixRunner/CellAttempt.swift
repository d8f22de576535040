import EvidenceStore
import FabricSimulator
import Foundation
import GuestProtocol
import Judgement
import MatrixModel
import QEMUGuest
import Synchronization
import SystemPackage

/// One attempt at a cell: boots its guest beside a fabric, gathers the evidence, judges it.
struct CellAttempt: Sendable {
    struct Outcome: Sendable {
        let judgment: Judgment
        let seconds: [Phase: Double]
    }

    let cell: Cell
    let scenario: Scenario
    let artefacts: PreparedCell
    let context: CellContext
    let folder: CellFolder

    func run() async -> Outcome {
        let start = ContinuousClock.now
        let session = GuestSession(plan: guestPlan, expectation: scenario.expectation, events: { context.events(.cellPhase(cell.id, $0)) })
        do {
            try saveCommand()
            let (outcome, requests) = try await Fabric.serve(in: folder.path, journal: folder.file(.fabricJournal), scenario: scenario) {
                try await withGuest(bootPlan, emulator: context.emulator) { guest in await session.converse(with: guest) }
            }
            session.end(outcome.ending, journal: requests)
        } catch {
            session.fail(error)
        }
        session.readConsole(folder.file(.console))
        let ended = ContinuousClock.now
        var evidence = session.evidence
        evidence.losses += EvidenceWriter(folder: folder, packagedConfiguration: artefacts.kernel.config).write(evidence)
        let judgment = Judge.judgment(of: evidence)
        var seconds = session.seconds(until: ended)
        seconds[.judge] = Self.seconds(ContinuousClock.now - ended)
        seconds[.total] = Self.seconds(ContinuousClock.now - start)
        return Outcome(judgment: judgment, seconds: seconds)
    }

    private var guestPlan: GuestPlan {
        GuestPlan(
            layout: cell.cgroup, agentPath: ArtefactPreparer.agentPath, steps: StandardCourse.steps(for: scenario),
            awaitsSuccess: scenario.expectation.status == "SUCCESS", agentDeadline: UInt32(context.agentDeadline / .milliseconds(1)),
            // As long as the slowest answer of the platform and some.
            clientDeadline: 15_000)
    }

    private var bootPlan: BootPlan {
        var plan = BootPlan.cell(artefacts, accelerator: context.accelerator, relay: context.products.relay, folder: folder.path)
        plan.kernelArguments = context.kernelArguments
        plan.limits.total = context.timeout
        plan.limits.ready = min(plan.limits.ready, context.timeout)
        return plan
    }

    /// The exact command, so that anybody can start the same guest by hand.
    private func saveCommand() throws {
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

extension BootPlan {
    /// What every cell's guest is booted with.
    static func cell(_ artefacts: PreparedCell, accelerator: Accelerator, relay: FilePath, folder: FilePath) -> BootPlan {
        var plan = BootPlan(
            kernel: artefacts.kernel.boot, initramfs: artefacts.kernel.initramfs, payload: artefacts.payload, accelerator: accelerator, folder: folder)
        plan.network = GuestNetwork(
            relay: relay, wireServer: Fabric.socketName(.wireServer), hostGAPlugin: Fabric.socketName(.hostGAPlugin), imds: Fabric.socketName(.imds))
        return plan
    }
}
