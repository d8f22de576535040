import ArtefactCache
import EvidenceStore
import MatrixModel
import MatrixPlanning
import QEMUGuest

extension MatrixRunner {
    /// Brings the cells of a plan to their outcomes: those that an earlier attempt finished are kept, all others are run.
    /// - Parameter run: Is told what guests run with.
    func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, in folder: RunFolder, resuming resumption: RunResumption?, earlier: (any VerdictSource)?,
        _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        guard !plan.cells.isEmpty else { return [] }
        var hosts: [Architecture: GuestHost] = [:]
        for architecture in Set(plan.cells.map(\.cell.architecture)).sorted() {
            let emulator = try await Emulator.find(for: architecture)
            hosts[architecture] = GuestHost(emulator: emulator, question: AcceleratorQuestion { try await chooseAccelerator(emulator, $0) })
        }
        do {
            let records = try await measure(plan, &run, hosts, preparer, in: folder, resuming: resumption, earlier: earlier, onRecord)
            for host in hosts.values { await host.question.end() }
            return records
        } catch {
            for host in hosts.values { await host.question.end() }
            throw error
        }
    }

    private func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, _ hosts: [Architecture: GuestHost], _ preparer: ArtefactPreparer, in folder: RunFolder,
        resuming resumption: RunResumption?, earlier: (any VerdictSource)?, _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        var settled: [Architecture: CellContext] = [:]
        var answers: [Architecture: AcceleratorProbe.Answer] = [:]
        /// What all cells of an architecture share. There has to be a kernel to find out what guests run with.
        func context(trying kernel: PreparedKernel) async throws -> CellContext {
            if let settled = settled[kernel.architecture] { return settled }
            guard let host = hosts[kernel.architecture] else {
                throw PreparationFailure(cause: .harness, reason: "no emulator was looked for of \(kernel.architecture)")
            }
            let chosen = try await host.question.answer(with: kernel)
            answers[kernel.architecture] = chosen
            (run.accelerator, run.acceleratorReason) = Self.summary(answers)
            // A run that is killed has said it.
            try folder.save(run)
            let digests = ArtefactDigests(digestMemory)
            let context = CellContext(
                emulator: host.emulator, accelerator: chosen.accelerator, products: products, slots: slots, timeout: settings.timeout,
                retries: settings.retries,
                memory: memory, boots: bootPolicy(host.emulator, digests), earlier: earlier, inputs: CellInputs(digests: digests),
                events: events)
            settled[kernel.architecture] = context
            return context
        }

        var taken = ResumedCells(cells: plan.cells, prepared: PreparedArtefacts())
        if let resumption {
            taken = try await takeUp(resumption, plan, preparer) { try await context(trying: $0) }
            run.warnings += taken.warnings
            taken.kept.forEach(onRecord)
        }
        let cells = MatrixPlan.longestFirst(taken.cells, settings.costs)
        guard !cells.isEmpty else { return taken.kept }
        let shared = SharedBoot.all(cells)
        let make: CellScheduler.Make = { artefact, prepared in
            let made = try await preparer.make(artefact, prepared)
            for kernel in made.anyKernels { await hosts[kernel.architecture]?.question.begin(with: kernel) }
            return made
        }
        var course = CellScheduler(of: cells, jobs(for: plan), taken.prepared, runner: self, in: folder, make: make, onRecord)
        try await course.run { kernel in
            var context = try await context(trying: kernel)
            context.sharedBoots = shared
            return context
        }
        if let sample = settings.verification { run.snapshotCheck = try await verify(course, sample, cells, settled, folder) }
        return taken.kept + course.records
    }

    /// What guests run with, as the run's record says it: where architectures differ, the first one's accelerator with what each has.
    private static func summary(_ answers: [Architecture: AcceleratorProbe.Answer]) -> (accelerator: String?, reason: String?) {
        let sorted = answers.sorted { $0.key < $1.key }
        guard sorted.count > 1 else { return (sorted.first?.value.accelerator.rawValue, sorted.first?.value.reason) }
        return (
            sorted.first?.value.accelerator.rawValue, sorted.map { "\($0.key): \($0.value.accelerator.rawValue), \($0.value.reason)" }.joined(separator: "; ")
        )
    }

    /// What runs the guests of one architecture.
    private struct GuestHost {
        let emulator: Emulator
        let question: AcceleratorQuestion
    }

    static func notRun(_ planned: PlannedCell, _ summary: String) -> CellRecord {
        planned.record(Judgement(verdict: .notRun, cause: nil, summary: summary))
    }
}
