public import ArtefactCache
public import EvidenceStore
import Foundation
import GuestImages
public import QEMUGuest
public import KernelCatalogue
import MatrixModel
public import MatrixPlanning
import Probes
import SystemPackage

/// Plans a matrix, runs its cells within limits while it prepares what others need, and records each outcome as soon as it is known.
public struct MatrixRunner: Sendable {
    let request: MatrixRequest
    let settings: RunSettings
    let products: Products
    let cache: ArtefactCache
    let catalogue: KernelCatalogue
    let accelerator: AcceleratorChoice
    let harness: String
    let events: @Sendable (RunnerEvent) -> Void
    let memory: GuestMemory
    let digestMemory: DigestMemory

    public init(
        request: MatrixRequest, settings: RunSettings, products: Products, cache: ArtefactCache, catalogue: KernelCatalogue,
        accelerator: AcceleratorChoice, harness: String, events: @escaping @Sendable (RunnerEvent) -> Void
    ) {
        self.request = request
        self.settings = settings
        self.products = products
        self.cache = cache
        self.catalogue = catalogue
        self.accelerator = accelerator
        self.harness = harness
        self.events = events
        memory = GuestMemory(cache: cache)
        digestMemory = DigestMemory(in: cache)
        TimeStampCounter.begin()
    }

    /// Resolves the selectors. Boots nothing and fetches no kernel.
    public func plan() async throws -> MatrixPlan {
        let images = GuestImageBuilder(cache: cache, runner: products.runner, architecture: products.architecture, digests: digestMemory)
        let tell: @Sendable (PlanningEvent) -> Void = { [events] in events(RunnerEvent($0)) }
        return try await MatrixPlanner(
            request: request, catalogue: catalogue, given: ExplicitKernels(images: images, catalogue: catalogue, products: products, events: tell),
            products: products, checks: Set(ConformanceGroup.checks.map(\.id)), events: tell
        ).plan()
    }

    /// Runs every cell of a plan.
    ///
    /// A cell's outcome is on disk before the next cell of its slot starts, so an interrupted run keeps the finished cells.
    /// - Parameters:
    ///   - resumption: What an earlier attempt at the same plan left in the folder; its finished cells are kept.
    ///   - earlier: Earlier verdicts that may be reused; nil to measure every cell.
    ///   - onRecord: Called with each cell's record once it is stored.
    /// - Throws: Errors that prevent the whole run (no emulator, no room for `run.json`), and `CancellationError`. An error of one cell becomes
    ///   its verdict.
    public func run(
        _ plan: MatrixPlan, id: String, in folder: RunFolder, resuming resumption: RunResumption? = nil, earlier: (any VerdictSource)? = nil,
        onRecord: @escaping @Sendable (CellRecord) -> Void = { _ in }
    ) async throws -> RunDocument {
        var run = RunRecord(id: resumption?.run?.id ?? id, started: resumption?.run?.started ?? Self.timestamp(), harness: harness)
        run.warnings = plan.warnings
        run.notes = plan.notes
        run.details = plan.details
        run.shard = plan.shard
        run.planned = plan.unavailable.count + plan.cells.count
        try folder.save(run)
        let waiting = plan.cells.map { Self.notRun($0, "Not run: the run ended first.") }
        try folder.savePlan(CellOrder.sorted(plan.unavailable + waiting), elsewhere: plan.elsewhere)

        for record in plan.unavailable {
            try resumption?.clear(CellID(stored: record.id))
            events(.cellFinished(record))
            onRecord(record)
        }
        var records = plan.unavailable
        // Cells that are kept from an interrupted run used its accelerator.
        (run.accelerator, run.acceleratorReason) = (resumption?.run?.accelerator, resumption?.run?.acceleratorReason)
        records += try await measure(plan, &run, in: folder, resuming: resumption, earlier: earlier, onRecord)
        run.finished = Self.timestamp()
        // The outcome matters more than its record now: it is returned even if the disk is full.
        do {
            try folder.seal(run, records)
        } catch {
            run.warnings.append("\(error)")
            events(.warning("\(error)"))
        }
        return RunDocument(run: run, cells: CellOrder.sorted(records))
    }

    /// The concurrency limit of a plan: the requested number, else as many guests as cores and memory allow now.
    public func jobs(for plan: MatrixPlan) -> JobCount {
        if let asked = settings.jobs { return JobCount(asked: asked) }
        let need = Set(plan.cells.map(\.guest.memory)).map { memory.need(guest: $0) }.max() ?? memory.need(guest: GuestMemory.micro)
        return JobCount(HostReader().read(), need: need)
    }

    /// One slot for each core, or as many as `--jobs` asks for if that is more.
    var slots: GuestSlots { GuestSlots(cache: cache, count: max(settings.jobs ?? 1, HostReader().read().cores)) }

    func bootPolicy(_ emulator: Emulator, _ digests: ArtefactDigests = ArtefactDigests()) -> BootPolicy {
        BootPolicy(choice: settings.boot, store: snapshots(emulator, digests), events: events)
    }

    func snapshots(_ emulator: Emulator, _ digests: ArtefactDigests = ArtefactDigests()) -> SnapshotStore {
        SnapshotStore(cache: cache, emulator: emulator, slots: slots, limit: settings.snapshotLimit, digests: digests, memory: digestMemory)
    }

    var preparer: ArtefactPreparer {
        ArtefactPreparer(catalogue: catalogue, cache: cache, products: products, slots: slots, digests: digestMemory, events: events)
    }

    /// - Parameter kernel: The kernel of the trial guest; nil if there is none.
    /// - Parameter renews: Probes again, even if an answer is remembered.
    func chooseAccelerator(_ emulator: Emulator, _ kernel: PreparedKernel?, renews: Bool = false) async throws -> AcceleratorProbe.Answer {
        let answer = try await AcceleratorProbe(emulator: emulator, cache: cache.root).answer(
            accelerator, booting: kernel.map { ($0.boot, $0.initramfs) }, renews: renews)
        events(.preparing("accelerator: \(answer.accelerator.rawValue) (\(answer.reason))"))
        return answer
    }

    /// Fetches and builds into the cache all that the cells of a plan need.
    /// - Returns: A line for each cell whose files are unavailable: its id and the reason.
    /// - Throws: `CancellationError`.
    public func fetch(_ plan: MatrixPlan) async throws -> [String] {
        let prepared = try await preparer.prepare(plan.cells)
        return plan.cells.compactMap { cell in
            guard case .failure(let failure)? = prepared.artefacts(for: cell) else { return nil }
            return "\(cell.cell.id.text): \(failure.reason)"
        }
    }

    /// Probes, with a kernel of the plan, which accelerator guests can use on this host. Ignores remembered answers.
    /// - Throws: `PreparationFailure`, `GuestError`, `CancellationError`.
    public func probeAccelerator(_ plan: MatrixPlan) async throws -> AcceleratorProbe.Answer {
        guard let planned = plan.cells.first else {
            throw PreparationFailure(cause: .notOffered, reason: plan.unavailable.first?.summary ?? "no kernel to try")
        }
        return try await chooseAccelerator(try await Emulator.find(for: planned.cell.architecture), try await preparer.kernel(of: planned), renews: true)
    }

    static func timestamp() -> String { Date().formatted(.iso8601) }
}
