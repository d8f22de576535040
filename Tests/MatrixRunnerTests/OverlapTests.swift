import ArtefactCache
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import QEMUGuest
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// Cells with the stand-in emulator, whose kernels a test fetches as slowly as it likes.
@Suite("Cells that run while others are prepared", .timeLimit(.minutes(5)))
struct OverlapTests {
    /// What one kernel's fetching does.
    typealias Fetching = @Sendable () async throws -> Result<KernelParts, PreparationFailure>

    struct Bench {
        let folder: TemporaryFolder
        let cells: [PlannedCell]
        let log = CourseLog()
        private let context: CellContext
        private let cache: ArtefactCache

        /// - Parameter versions: The cells' kernels, in the order in which the cells are best begun.
        init(_ versions: [String], layouts: [CgroupLayout] = [.unified]) async throws {
            folder = try TemporaryFolder()
            cache = ArtefactCache(root: folder.path.appending("cache"))
            let products = folder.path.appending("products")
            try StandInProducts.make(in: products)
            cells = try MatrixPlan.expand(guests: versions.map { (.micro, try PlanSample.kernel($0)) }, axes: try PlanSample.axes(layouts))
            context = CellContext(
                emulator: try await Emulator.find(environment: ["KMATRIX_QEMU": BuiltProgram.path("fake-qemu").string], versionTimeout: .seconds(300)),
                accelerator: .tcg,
                products: try Products(folder: products), slots: GuestSlots(cache: cache, count: 4), timeout: .seconds(120), retries: 2,
                kernelArguments: ["fake=complete"],
                events: log.add)
        }

        /// - Parameter fetching: What fetching does, by the kernel's version; at once where nothing is said.
        func run(
            _ prepared: PreparedArtefacts = PreparedArtefacts(), jobs: Int = 2, endsRun: (@Sendable (CellRecord) -> Bool)? = nil,
            fetching: [String: Fetching] = [:]
        ) async throws -> [CellRecord] {
            let runner = MatrixRunner(
                testing: MatrixRequest(blocks: []), RunSettings(endsRun: endsRun), products: context.products, cache: cache,
                catalogue: KernelCatalogue(settings: CatalogueSettings(cache: cache, offline: true, environment: [:])), events: log.add)
            let run = try RunFolder.create(at: folder.path.appending("run"))
            let make: @Sendable (Artefact, PreparedArtefacts) async throws -> PreparedArtefacts = { artefact, prepared in
                log.note(artefact)
                switch artefact {
                case .payload(let content): return PreparedArtefacts(payloads: [content: .success("/k/payload")])
                case .files(let kernel):
                    let files = try await fetching[kernel.identity.version.description]?() ?? .success(KernelParts(image: "/k", modules: nil, config: nil))
                    return PreparedArtefacts(files: [kernel: files])
                case .kernel(let use):
                    let files = try #require(prepared.files[use.kernel])
                    return PreparedArtefacts(kernels: [use: files.map { PreparedKernel(boot: .elf($0.image), initramfs: "/i", modules: nil, config: nil) }])
                default: return PreparedArtefacts()
                }
            }
            var course = CellScheduler(of: cells, JobCount(asked: jobs), prepared, runner: runner, in: run, make: make) { log.note($0) }
            try await course.run { _ in context }
            return course.records
        }
    }

    @Test("are finished before what another needs is there, and that one follows")
    func overlap() async throws {
        let bench = try await Bench(["6.3", "6.2", "6.1"])
        let records = try await bench.run(fetching: [
            "6.3": {
                // It comes when both others have their verdicts: before that it is never there.
                try await bench.log.waitForRecords(2)
                return .success(KernelParts(image: "/k", modules: nil, config: nil))
            }
        ])
        #expect(records.map(\.kernel).last == "6.3" && records.count == 3)
        #expect(records.allSatisfy { $0.verdict == .compatible }, "\(records.map(\.summary))")
    }

    @Test("are begun in their order where all is there, and no more at once than asked for", arguments: [1, 2])
    func order(jobs: Int) async throws {
        let bench = try await Bench(["6.3", "6.2"], layouts: [.unified, .legacy])
        var prepared = PreparedArtefacts(payloads: [GuestContent(): .success("/k/payload")])
        for planned in bench.cells {
            prepared.files[planned.kernel] = .success(KernelParts(image: "/k", modules: nil, config: nil))
            prepared.kernels[KernelUse(planned)] = .success(PreparedKernel(boot: .elf("/k"), initramfs: "/i", modules: nil, config: nil))
        }
        let records = try await bench.run(prepared, jobs: jobs)
        #expect(records.count == 4 && records.allSatisfy { $0.verdict == .compatible }, "\(records.map(\.summary))")
        #expect(bench.log.made.isEmpty)
        #expect(bench.log.mostAtOnce <= jobs)
        if jobs == 1 { #expect(records.map(\.id) == bench.cells.map(\.cell.id.text)) }
    }

    @Test("of one kernel do not wait for its snapshot side by side while another kernel's could be made")
    func sharedBoots() async throws {
        let bench = try await Bench(["6.3", "6.2"], layouts: [.unified, .legacy, .hybrid])
        var prepared = PreparedArtefacts(payloads: [GuestContent(): .success("/k/payload")])
        for planned in bench.cells {
            prepared.files[planned.kernel] = .success(KernelParts(image: "/k", modules: nil, config: nil))
            prepared.kernels[KernelUse(planned)] = .success(PreparedKernel(boot: .elf("/k"), initramfs: "/i", modules: nil, config: nil))
        }
        let records = try await bench.run(prepared, jobs: 2)
        #expect(records.count == 6)
        let kernel = Dictionary(uniqueKeysWithValues: bench.cells.map { ($0.cell.id, $0.kernel.identity.version) })
        #expect(Set(bench.log.started.prefix(2).compactMap { kernel[$0] }).count == 2, "\(bench.log.started)")
        #expect(Set(bench.log.started).count == 6)
    }

    @Test("have what they share made once")
    func shared() async throws {
        let bench = try await Bench(["6.3", "6.2"], layouts: [.unified, .legacy])
        let records = try await bench.run()
        #expect(records.count == 4 && records.allSatisfy { $0.verdict == .compatible }, "\(records.map(\.summary))")
        #expect(bench.log.made.count == 5 && Set(bench.log.made).count == 5)
    }

    @Test("do not hear of what another could not have")
    func failure() async throws {
        let bench = try await Bench(["6.3", "6.2", "6.1"])
        let records = try await bench.run(fetching: [
            "6.2": { .failure(PreparationFailure(cause: .fetchFailed, reason: "'http://mirror.invalid/x.deb' is not there (404)")) }
        ])
        let found = Dictionary(uniqueKeysWithValues: records.map { ($0.kernel ?? "", $0) })
        #expect(found["6.3"]?.verdict == .compatible && found["6.1"]?.verdict == .compatible)
        #expect(found["6.2"]?.verdict == .unavailable && found["6.2"]?.cause == .fetchFailed && found["6.2"]?.attempts == 0)
        #expect(found["6.2"]?.summary.contains("404") == true)
        // It is on disk like every other.
        #expect(try StoredRunFolder.verdicts(bench.folder.path.appending("run")) == 3)
    }

    @Test("end with what is still prepared when the run is cancelled, and nothing is left at work")
    func cancelled() async throws {
        let bench = try await Bench(["6.2", "6.1"])
        let ended = Mutex(false)
        let began = AsyncStream.makeStream(of: Void.self)
        let run = Task {
            try await bench.run(fetching: [
                "6.2": {
                    defer { ended.withLock { $0 = true } }
                    began.continuation.finish()
                    try await Task.sleep(for: .seconds(3600))
                    return .failure(PreparationFailure(cause: .harness, reason: "nobody ended it"))
                }
            ])
        }
        for await _ in began.stream {}
        run.cancel()
        await #expect(throws: CancellationError.self) { _ = try await run.value }
        #expect(ended.withLock { $0 })
    }

    @Test("end what is still prepared when one of them ends the run")
    func failFast() async throws {
        let bench = try await Bench(["6.2", "6.1"])
        let records = try await bench.run(
            endsRun: { _ in true },
            fetching: [
                "6.2": {
                    try await Task.sleep(for: .seconds(3600))
                    return .failure(PreparationFailure(cause: .harness, reason: "nobody ended it"))
                }
            ])
        #expect(records.map(\.kernel) == ["6.1", "6.2"])
        #expect(records.map(\.verdict) == [.compatible, .notRun], "\(records.map(\.summary))")
    }

    @Test("that ended before another one ended the run keep their verdicts, as on disk")
    func endedInTime() async throws {
        let bench = try await Bench(["6.2", "6.1"])
        var prepared = PreparedArtefacts(payloads: [GuestContent(): .success("/k/payload")])
        let failure = PreparationFailure(cause: .fetchFailed, reason: "gone")
        for planned in bench.cells {
            prepared.files[planned.kernel] = .failure(failure)
            prepared.kernels[KernelUse(planned)] = .failure(failure)
        }
        let records = try await bench.run(prepared, endsRun: { _ in true })
        #expect(records.count == 2 && records.allSatisfy { $0.cause == .fetchFailed }, "\(records.map(\.summary))")
        #expect(try StoredRunFolder.verdicts(bench.folder.path.appending("run")) == 2)
    }
}

/// What was made and measured, in which order.
final class CourseLog: Sendable {
    private struct State {
        var made: [Artefact] = []
        var started: [CellID] = []
        var records = 0
        var running = 0
        var mostAtOnce = 0
    }

    private let state = Mutex(State())

    @Sendable func add(_ event: RunnerEvent) {
        state.withLock { state in
            switch event {
            case .cellStarted(let cell, _):
                state.started.append(cell)
                state.running += 1
                state.mostAtOnce = max(state.mostAtOnce, state.running)
            case .cellRetried, .cellFinished: state.running -= 1
            default: break
            }
        }
    }

    func note(_ artefact: Artefact) { state.withLock { $0.made.append(artefact) } }
    func note(_: CellRecord) { state.withLock { $0.records += 1 } }

    func waitForRecords(_ count: Int) async throws {
        while state.withLock({ $0.records < count }) { try await Task.sleep(for: .milliseconds(10)) }
    }

    var made: [Artefact] { state.withLock { $0.made } }
    var started: [CellID] { state.withLock { $0.started } }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }
}

/// The verdicts in a run's folder.
enum StoredRunFolder {
    static func verdicts(_ path: FilePath) throws -> Int {
        try #require(FileManager.default.enumerator(atPath: path.string)).compactMap { $0 as? String }.count { $0.hasSuffix("/verdict.json") }
    }
}
