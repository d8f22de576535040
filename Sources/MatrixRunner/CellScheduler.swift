import EvidenceStore
import MatrixModel
import MatrixPlanning

/// Runs cells, each as soon as what it needs is there and a further guest may run; among several the first is the next. What others need
/// is fetched and built meanwhile.
struct CellScheduler {
    typealias Make = @Sendable (Artefact, PreparedArtefacts) async throws -> PreparedArtefacts

    private enum Step: Sendable {
        case made(Artefact, PreparedArtefacts)
        /// A cell, by its place among all.
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
    /// What the cells are started with that wait for their turn, by their places.
    private var ready: [Int: PreparedCell] = [:]
    private var running = 0
    /// The boots that a cell has started with.
    private var started: Set<SharedBoot> = []
    /// Of those whose first cell still runs and may have to make the snapshot, that cell's place.
    private var firstCells: [SharedBoot: Int] = [:]

    /// - Parameters:
    ///   - cells: In the order in which they are best begun.
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

    /// Runs all cells, or until one ends the run; the cells that have not ended then are cancelled, and their records say so.
    /// - Parameter context: Asked before each guest, with its kernel.
    /// - Throws: `CancellationError`, or what there is no context for. By then nothing is at work any more.
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

    /// Cancels what is under way. A cell that ended before it was cancelled has its verdict on disk, and keeps it here.
    private mutating func end(_ group: inout ThrowingTaskGroup<Step, any Error>) async {
        wasEnded = true
        group.cancelAll()
        while let step = await group.nextResult() {
            if case .success(.finished(let place, let record)) = step { finish(place, record) }
        }
        let measured = Set(records.map(\.id))
        records += cells.filter { !measured.contains($0.cell.id.text) }.map { MatrixRunner.notRun($0, "Not run: --fail-fast ended the run.") }
    }

    /// Begins what can be made now, and takes note of the cells that have all of theirs.
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
            // For the first it may take a trial guest; what is being made goes on.
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
