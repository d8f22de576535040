import EvidenceStore
import MatrixModel
import MatrixPlanning

/// Starts each cell when its artefacts are ready and the concurrency limit allows another guest, the first ready cell first. Meanwhile it
/// fetches and builds the artefacts of other cells.
struct CellScheduler {
    typealias Make = @Sendable (Artefact, PreparedArtefacts) async throws -> PreparedArtefacts

    private enum Step: Sendable {
        case made(Artefact, PreparedArtefacts)
        /// The index of a cell, and its record.
        case finished(Int, CellRecord)
    }

    private let cells: [PlannedCell]
    private let jobs: JobCount
    private let runner: MatrixRunner
    private let folder: RunFolder
    private let gate: MemoryGate
    private let make: Make
    private let onRecord: @Sendable (CellRecord) -> Void

    private(set) var records: [CellRecord] = []
    /// Whether a cell's outcome ended the run.
    private(set) var wasEnded = false
    private var preparation: Preparation
    /// The artefacts of cells that are ready and wait for a slot, by the cell's index.
    private var ready: [Int: PreparedCell] = [:]
    private var running = 0
    /// The shared boots that a cell has started with.
    private var started: Set<SharedBoot> = []
    /// The first cell of a shared boot, by its index, while that cell runs: it may have to create the snapshot.
    private var firstCells: [SharedBoot: Int] = [:]

    /// - Parameters:
    ///   - cells: In the order in which they should start.
    ///   - prepared: Artefacts that are there already.
    ///   - make: Makes one artefact out of those that are there.
    init(
        of cells: [PlannedCell], _ jobs: JobCount, _ prepared: PreparedArtefacts, runner: MatrixRunner, in folder: RunFolder, make: @escaping Make,
        _ onRecord: @escaping @Sendable (CellRecord) -> Void
    ) {
        self.cells = cells
        self.jobs = jobs
        self.runner = runner
        self.folder = folder
        self.make = make
        self.onRecord = onRecord
        gate = MemoryGate(memory: runner.memory, events: runner.events)
        preparation = Preparation(of: cells, prepared)
    }

    var prepared: PreparedArtefacts { preparation.prepared }

    /// Runs all cells, or stops when an outcome ends the run. Unfinished cells are then cancelled and recorded as not run.
    /// - Parameter context: Called before each guest starts, with its kernel.
    /// - Throws: `CancellationError`, or an error of `context`. All tasks have ended by then.
    mutating func run(context: (PreparedKernel) async throws -> CellContext) async throws {
        runner.events(.started(cells.map(\.cell), jobs))
        try await withThrowingTaskGroup(of: Step.self) { group in
            prepareNext(&group)
            try await startNext(&group, context)
            while let step = try await group.next() {
                switch step {
                case .made(let artefact, let made):
                    preparation.end(artefact, made)
                    prepareNext(&group)
                case .finished(let place, let record):
                    finish(place, record)
                    if runner.settings.endsRun?(record) == true { return await end(&group) }
                }
                try await startNext(&group, context)
            }
        }
    }

    private mutating func finish(_ place: Int, _ record: CellRecord) {
        running -= 1
        if let boot = SharedBoot(cells[place]), firstCells[boot] == place { firstCells[boot] = nil }
        records.append(record)
        runner.events(.cellFinished(record))
    }

    /// Cancels all running tasks. A cell that ended before its cancellation has its verdict on disk and keeps it.
    private mutating func end(_ group: inout ThrowingTaskGroup<Step, any Error>) async {
        wasEnded = true
        group.cancelAll()
        while let step = await group.nextResult() {
            if case .success(.finished(let place, let record)) = step { finish(place, record) }
        }
        let measured = Set(records.map(\.id))
        records += cells.filter { !measured.contains($0.cell.id.text) }.map { MatrixRunner.notRun($0, "Not run: --fail-fast ended the run.") }
    }

    /// Starts the artefacts that can be made now, and collects the cells whose artefacts are all ready.
    private mutating func prepareNext(_ group: inout ThrowingTaskGroup<Step, any Error>) {
        for artefact in preparation.begin() {
            group.addTask { [make, prepared] in .made(artefact, try await make(artefact, prepared)) }
        }
        for (place, artefacts) in preparation.takeReady() {
            switch artefacts {
            case .success(let artefacts): ready[place] = artefacts
            case .failure(let failure):
                running += 1
                group.addTask { [planned = cells[place], folder, onRecord] in
                    let record = CellRunner.refuse(planned, failure, in: folder)
                    onRecord(record)
                    return .finished(place, record)
                }
            }
        }
    }

    /// The next ready cell. Cells that would wait for a snapshot which another cell makes come last.
    private func nextPlace() -> Int? {
        guard !firstCells.isEmpty else { return ready.keys.min() }
        return ready.keys.filter { place in SharedBoot(cells[place]).map { firstCells[$0] == nil } ?? true }.min() ?? ready.keys.min()
    }

    private mutating func startNext(_ group: inout ThrowingTaskGroup<Step, any Error>, _ context: (PreparedKernel) async throws -> CellContext) async throws {
        while running < jobs.count, let place = nextPlace(), let artefacts = ready.removeValue(forKey: place) {
            // The first call may wait for the accelerator probe. Artefacts are made meanwhile.
            let context = try await context(artefacts.kernel)
            running += 1
            if let boot = SharedBoot(cells[place]), started.insert(boot).inserted { firstCells[boot] = place }
            group.addTask { [planned = cells[place], gate, folder, onRecord] in
                let record = try await gate.withGuest(planned.cell.id, size: planned.guest.memory) {
                    try await CellRunner(context: context, folder: folder).run(planned, artefacts)
                }
                onRecord(record)
                return .finished(place, record)
            }
        }
    }
}
