import EvidenceStore
import MatrixModel
import QEMUGuest

extension MatrixRunner {
    /// What came of cells, and what they needed.
    struct Course {
        var records: [CellRecord] = []
        var prepared: PreparedArtefacts
    }

    /// Brings the cells of a plan to their outcomes: those that an earlier attempt finished are kept, all others are run.
    /// - Parameter run: Is told what guests run with.
    func measure(
        _ plan: MatrixPlan, _ run: inout RunRecord, in folder: RunFolder, resuming resumption: RunResumption?, earlier: (any VerdictSource)?,
        _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) async throws -> [CellRecord] {
        guard !plan.cells.isEmpty else { return [] }
        let emulator = try await Emulator.find()
        let preparer = preparer
        var settled: CellContext?
        /// What all cells share. There has to be a kernel to find out what guests run with.
        func context(trying kernel: PreparedKernel?) async throws -> CellContext {
            if let settled { return settled }
            let chosen = try await chooseAccelerator(emulator, kernel)
            run.accelerator = chosen.accelerator.rawValue
            run.acceleratorReason = chosen.reason
            // A run that is killed has said it.
            try folder.save(run)
            let context = CellContext(
                emulator: emulator, accelerator: chosen.accelerator, products: products, slots: slots, timeout: request.timeout, retries: request.retries,
                memory: memory, boots: bootPolicy(emulator), earlier: earlier, events: events)
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
        let course = try await course(of: cells, jobs(for: plan), Course(prepared: taken.prepared), in: folder, make: preparer.make, onRecord) { kernel in
            var context = try await context(trying: kernel)
            context.sharedBoots = shared
            return context
        }
        if let sample = request.verification { run.snapshotCheck = try await verify(course, sample, cells, settled, folder) }
        return taken.kept + course.records
    }

    private enum Step: Sendable {
        case made(Artefact, PreparedArtefacts)
        case finished(CellRecord)
    }

    /// Runs cells, each as soon as what it needs is there and a further guest may run; among several the first is the next. What others need
    /// is fetched and built meanwhile.
    /// - Parameters:
    ///   - make: Makes one thing of what there is.
    ///   - context: Asked before each guest, with its kernel.
    func course(
        of cells: [MatrixPlan.PlannedCell], _ jobs: JobCount, _ start: Course, in folder: RunFolder,
        make: @escaping @Sendable (Artefact, PreparedArtefacts) async throws -> PreparedArtefacts, _ onRecord: @escaping @Sendable (CellRecord) -> Void,
        context: (PreparedKernel) async throws -> CellContext
    ) async throws -> Course {
        events(.started(cells.map(\.cell), jobs))
        let gate = GuestGate(memory: memory, events: events)
        return try await withThrowingTaskGroup(of: Step.self) { group in
            var course = start
            var preparation = Preparation(of: cells, start.prepared)
            var ready: [Int: PreparedCell] = [:]
            var running = 0
            while true {
                for artefact in preparation.begin() {
                    group.addTask { [prepared = preparation.prepared] in .made(artefact, try await make(artefact, prepared)) }
                }
                for (place, artefacts) in preparation.takeReady() {
                    switch artefacts {
                    case .success(let artefacts): ready[place] = artefacts
                    case .failure(let failure):
                        running += 1
                        group.addTask {
                            let record = CellRunner.refuse(cells[place].cell, failure, in: folder)
                            onRecord(record)
                            return .finished(record)
                        }
                    }
                }
                // The first of them may find out first what guests can run with, which takes a trial guest; what is being made goes on.
                while running < jobs.count, let place = ready.keys.min(), let artefacts = ready.removeValue(forKey: place) {
                    let (planned, context) = (cells[place], try await context(artefacts.kernel))
                    running += 1
                    group.addTask {
                        let record = try await gate.withGuest(planned.cell.id, size: planned.guest.memory) {
                            try await CellRunner(context: context, folder: folder).run(planned, artefacts)
                        }
                        onRecord(record)
                        return .finished(record)
                    }
                }
                switch try await group.next() {
                case nil:
                    course.prepared = preparation.prepared
                    return course
                case .made(let artefact, let made)?: preparation.end(artefact, made)
                case .finished(let record)?:
                    running -= 1
                    course.records.append(record)
                    events(.cellFinished(record))
                    guard request.endsRun?(record) == true else { continue }
                    // What still runs, or is being prepared, is ended; what never ran says so.
                    group.cancelAll()
                    let measured = Set(course.records.map(\.id))
                    course.records += cells.filter { !measured.contains($0.cell.id.text) }.map { Self.notRun($0.cell, "Not run: the run was told to stop at its first failure.") }
                    course.prepared = preparation.prepared
                    return course
                }
            }
        }
    }

    static func notRun(_ cell: Cell, _ summary: String) -> CellRecord {
        let judgment = Judgment(verdict: .notRun, cause: nil, summary: summary)
        return CellRecord(cell: cell, judgment: judgment, evidence: nil, seconds: [:], attempts: 0)
    }
}
