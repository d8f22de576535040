import ArtefactCache
import EvidenceStore
import MatrixModel
import QEMUGuest

extension MatrixRunner {
    /// Brings the cells of a plan to their outcomes: those that an earlier attempt finished are kept, all others are run.
    /// - Parameter run: Is told what guests run with.
    func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, in folder: RunFolder, resuming resumption: RunResumption?, earlier: (any VerdictSource)?,
        _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        guard !plan.cells.isEmpty else { return [] }
        let emulator = try await Emulator.find()
        let preparer = preparer
        let question = AcceleratorQuestion { try await chooseAccelerator(emulator, $0) }
        do {
            let records = try await measure(plan, &run, emulator, preparer, question, in: folder, resuming: resumption, earlier: earlier, onRecord)
            await question.end()
            return records
        } catch {
            await question.end()
            throw error
        }
    }

    private func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, _ emulator: Emulator, _ preparer: ArtefactPreparer, _ question: AcceleratorQuestion, in folder: RunFolder,
        resuming resumption: RunResumption?, earlier: (any VerdictSource)?, _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        var settled: CellContext?
        /// What all cells share. There has to be a kernel to find out what guests run with.
        func context(trying kernel: PreparedKernel) async throws -> CellContext {
            if let settled { return settled }
            let chosen = try await question.answer(with: kernel)
            run.accelerator = chosen.accelerator.rawValue
            run.acceleratorReason = chosen.reason
            // A run that is killed has said it.
            try folder.save(run)
            let digests = ArtefactDigests(digestMemory)
            let context = CellContext(
                emulator: emulator, accelerator: chosen.accelerator, products: products, slots: slots, timeout: request.timeout, retries: request.retries,
                memory: memory, boots: bootPolicy(emulator, digests), earlier: earlier, inputs: CellInputs(digests: digests),
                events: events)
            settled = context
            return context
        }

        var taken = TakenUp(cells: plan.cells, prepared: PreparedArtefacts())
        if let resumption {
            taken = try await takeUp(resumption, plan, preparer) { try await context(trying: $0) }
            run.warnings += taken.warnings
            taken.kept.forEach(onRecord)
        }
        let cells = MatrixPlan.longestFirst(taken.cells, request.costs)
        guard !cells.isEmpty else { return taken.kept }
        let shared = SharedBoot.all(cells)
        let make: CellCourse.Make = { artefact, prepared in
            let made = try await preparer.make(artefact, prepared)
            if let kernel = made.anyKernel { await question.begin(with: kernel) }
            return made
        }
        var course = CellCourse(of: cells, jobs(for: plan), taken.prepared, runner: self, in: folder, make: make, onRecord)
        try await course.run { kernel in
            var context = try await context(trying: kernel)
            context.sharedBoots = shared
            return context
        }
        if let sample = request.verification { run.snapshotCheck = try await verify(course, sample, cells, settled, folder) }
        return taken.kept + course.records
    }

    static func notRun(_ planned: MatrixPlan.PlannedCell, _ summary: String) -> CellRecord {
        planned.record(Judgment(verdict: .notRun, cause: nil, summary: summary))
    }
}
