import ArtefactCache
import EvidenceStore
import MatrixModel
import MatrixPlanning
import QEMUGuest

extension MatrixRunner {
    /// Runs the cells of a plan, except those that an interrupted run finished; their records are kept.
    /// - Parameter run: Receives the accelerator that guests run with.
    func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, in folder: RunFolder, resuming resumption: RunResumption?, earlier: (any VerdictSource)?,
        _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        guard !plan.cells.isEmpty else { return [] }
        var contexts = try await cellContexts(of: plan, earlier: earlier)
        do {
            let records = try await measure(plan, &run, &contexts, in: folder, resuming: resumption, onRecord)
            await contexts.end()
            return records
        } catch {
            await contexts.end()
            throw error
        }
    }

    private func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, _ contexts: inout CellContexts, in folder: RunFolder, resuming resumption: RunResumption?,
        _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        func context(trying kernel: PreparedKernel) async throws -> CellContext {
            let (context, isNew) = try await contexts.context(trying: kernel)
            if isNew {
                (run.accelerator, run.acceleratorReason) = contexts.accelerator
                // Saved now, so that a killed run has it too.
                try folder.save(run)
            }
            return context
        }

        let preparer = preparer
        var taken = ResumedCells(cells: plan.cells, prepared: PreparedArtefacts())
        if let resumption {
            taken = try await takeUp(resumption, plan, preparer) { try await context(trying: $0) }
            run.warnings += taken.warnings
            taken.kept.forEach(onRecord)
        }
        let cells = MatrixPlan.longestFirst(taken.cells, settings.costs)
        guard !cells.isEmpty else { return taken.kept }
        let shared = SharedBoot.all(cells)
        let make: CellScheduler.Make = { [trials = contexts] artefact, prepared in
            let made = try await preparer.make(artefact, prepared)
            await trials.begin(with: made.anyKernels)
            return made
        }
        var scheduler = CellScheduler(of: cells, jobs(for: plan), taken.prepared, runner: self, in: folder, make: make, onRecord)
        try await scheduler.run { kernel in
            var context = try await context(trying: kernel)
            context.sharedBoots = shared
            return context
        }
        if let sample = settings.verification, !scheduler.wasEnded { run.snapshotCheck = try await verify(scheduler, sample, cells, contexts.known, folder) }
        return taken.kept + scheduler.records
    }

    private func cellContexts(of plan: MatrixPlan, earlier: (any VerdictSource)?) async throws -> CellContexts {
        try await CellContexts(of: Set(plan.cells.map(\.cell.architecture))) { emulator, kernel in
            try await chooseAccelerator(emulator, kernel)
        } make: { emulator, accelerator in
            let digests = ArtefactDigests(digestMemory)
            return CellContext(
                emulator: emulator, accelerator: accelerator, products: products, slots: slots, timeout: settings.timeout, retries: settings.retries,
                memory: memory, boots: bootPolicy(emulator, digests), earlier: earlier, inputs: CellInputs(digests: digests), events: events)
        }
    }

    static func notRun(_ planned: PlannedCell, _ summary: String) -> CellRecord {
        planned.record(Judgement(verdict: .notRun, cause: nil, summary: summary))
    }
}
