import ArtefactCache
import EvidenceStore
import Foundation
import Judgement
import MatrixModel
import MatrixPlanning
import Probes
import QEMUGuest
import SystemPackage

/// What all cells of a run share.
struct CellContext: Sendable {
    let emulator: Emulator
    let accelerator: Accelerator
    let products: Products
    let slots: GuestSlots
    let timeout: Duration
    let retries: Int
    /// Remembers how much memory guests need; nil to remember nothing.
    var memory: GuestMemory?
    /// Nil where every guest boots.
    var boots: BootPolicy?
    /// The boots that several cells of the run share.
    var sharedBoots: Set<SharedBoot> = []
    /// Whether kernel arguments skip boot work that only takes time.
    var sparesTime = true
    /// Kernel arguments beyond the standard ones.
    var kernelArguments: [String] = []
    /// How long the agent has until its status settles.
    var agentDeadline = Duration.seconds(20)
    /// Verdicts of earlier runs that may be reused; nil to measure every cell.
    var earlier: (any VerdictSource)?
    var inputs = CellInputs()
    let events: @Sendable (RunnerEvent) -> Void
}

/// Runs one cell: attempts it, retries an attempt that proves nothing, and stores the outcome.
struct CellRunner: Sendable {
    let context: CellContext
    let folder: RunFolder

    /// - Throws: `CancellationError` only. Every other error becomes the cell's verdict.
    func run(_ planned: PlannedCell, _ artefacts: PreparedCell) async throws -> CellRecord {
        let cell = planned.cell
        let place: CellFolder
        do { place = try folder.cell(cell.id) } catch { return Self.unrecorded(planned, error) }
        let inputs = context.inputs.digest(of: planned, artefacts, context)
        if let earlier = earlierVerdict(on: planned, artefacts), let record = takeOver(earlier, planned, place) { return record }
        let cellAttempt = CellAttempt(planned, artefacts, context, place)
        var suspicions: Set<Cause> = []
        var attempt = 1
        var start = try await cellAttempt.prepareStart(isShared: SharedBoot(planned).map(context.sharedBoots.contains) ?? false)
        while true {
            let outcome: CellAttempt.Outcome
            do {
                outcome = try await context.slots.withSlot { [start] in
                    try Task.checkCancellation()
                    context.events(.cellStarted(cell.id, attempt: attempt))
                    return await cellAttempt.run(start)
                }
            } catch let error as CacheError {
                return Self.unrecorded(planned, error)
            }
            try Task.checkCancellation()
            if attempt <= context.retries, let cause = outcome.conclusion.judgement.cause, isUnproven(cause, &suspicions) {
                context.events(.cellRetried(cell.id, outcome.conclusion.judgement))
                do { try place.setAside(attempt: attempt) } catch { return Self.unrecorded(planned, error) }
                attempt += 1
                // The retry boots cold, so that the snapshot is ruled out as the cause.
                if case .snapshot = start { start = .boot(reason: "the restored attempt ended with \(cause.rawValue), which a cold boot must confirm") }
                continue
            }
            return store(planned, outcome, attempt, inputs, place)
        }
    }

    /// Stores the outcome of a cell for which something could not be obtained.
    static func refuse(_ planned: PlannedCell, _ failure: PreparationFailure, in folder: RunFolder) -> CellRecord {
        do { return stored(planned.record(failure.judgement), planned, try folder.cell(planned.cell.id)) } catch { return unrecorded(planned, error) }
    }

    /// Whether to attempt the cell again: after a harness failure, or the first time that a cause occurs which may be chance.
    private func isUnproven(_ cause: Cause, _ suspicions: inout Set<Cause>) -> Bool {
        // If the disk could not take the evidence, a retry fails in the same way.
        if cause.fault == .harness { return cause != .evidenceLost }
        return cause.mayBeChance && suspicions.insert(cause).inserted
    }

    /// An earlier verdict on the same inputs. A verdict with a larger burst covers a smaller one.
    private func earlierVerdict(on planned: PlannedCell, _ artefacts: PreparedCell) -> EarlierVerdict? {
        guard let earlier = context.earlier else { return nil }
        let bursts = planned.burst == 0 ? [0] : [planned.burst, ProofTier.largeBurst]
        return Set(bursts).sorted().lazy.compactMap { context.inputs.digest(of: planned, artefacts, context, burst: $0) }
            .compactMap { earlier.verdict(on: planned.cell.id.text, inputs: $0) }.first
    }

    /// - Returns: Nil when its evidence could not be copied; then the cell is measured.
    private func takeOver(_ earlier: EarlierVerdict, _ planned: PlannedCell, _ place: CellFolder) -> CellRecord? {
        do {
            try earlier.evidence.copyEvidence(to: place)
            var record = earlier.record
            record.evidence = place.path.string
            record.reused = earlier.run
            // The documented support may have changed since.
            record.documentation = planned.documentation
            record.expectation = planned.expectation(cloudInit: record.provisioning?.cloudInit)
            try place.save(record, to: .verdict)
            return record
        } catch {
            context.events(.warning("running \(earlier.record.id) again: cannot copy its earlier evidence: \(error)"))
            return nil
        }
    }

    private func store(_ planned: PlannedCell, _ outcome: CellAttempt.Outcome, _ attempts: Int, _ inputs: String?, _ place: CellFolder) -> CellRecord {
        var record = CellRecord(
            cell: planned.cell, judgement: outcome.conclusion.judgement, proofs: outcome.conclusion.proofs, provisioning: outcome.provisioning,
            evidence: place.path.string, seconds: outcome.seconds, attempts: attempts,
            startMode: outcome.startMode, inputs: inputs, journalSize: place.journalSize, documentation: planned.documentation)
        (record.tier, record.burst) = (planned.tier, planned.burst)
        return Self.stored(record, planned, place)
    }

    private static func stored(_ record: CellRecord, _ planned: PlannedCell, _ place: CellFolder) -> CellRecord {
        do {
            try place.save(record, to: .verdict)
            return record
        } catch {
            return unrecorded(planned, error)
        }
    }

    /// The record of a cell whose evidence or verdict could not be stored: without stored evidence there is no verdict.
    private static func unrecorded(_ planned: PlannedCell, _ error: any Error) -> CellRecord {
        planned.record(Judgement(cause: .evidenceLost, summary: "Cannot write the evidence: \(error)"), attempts: 1)
    }
}
