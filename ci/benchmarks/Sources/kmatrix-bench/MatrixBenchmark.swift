@testable import MatrixPlanning
@testable import MatrixRunner
import EvidenceStore
import Foundation
@testable import QEMUGuest
import MatrixModel
import Measurements
import SystemPackage

/// Times a whole matrix of guests with our own init from warm caches: with all snapshots to be made, and with all of them there, beside the
/// bare boots of its kernels.
struct MatrixBenchmark: Sendable {
    struct Figures: Encodable, Sendable {
        let kernels: [String]
        let cells: Int
        let jobs: Int
        let rounds: Int
        /// Seconds that a bare boot of each kernel takes, one after the other.
        let bareSeconds: Spread
        /// Seconds for the matrix with all snapshots to be made, and its ratio to the bare boots right before and after, round by round.
        let makingSeconds: Spread
        let makingRatio: Spread
        /// The same with all snapshots there.
        let warmSeconds: Spread
        let warmRatio: Spread
        let warmSecondsPerCell: Spread
        let cellsPerMinute: Spread
        /// What kmatrix itself takes of the processor time of a warm run, the platform it plays included; in percent.
        let harnessPercent: Spread
        /// What emulator and network of a guest took of private memory, at most, in MiB.
        let privateMiBPerCell: Spread
        /// The cells' own times in the last warm run, in seconds.
        let cellSeconds: Spread
        let verdicts: [String: Int]

        /// So many guests at once, since memory may be for fewer than there are cores.
        var ratios: [MeasuredRatio] {
            [
                MeasuredRatio("matrix, \(jobs) at once, snapshots to be made / a bare boot of each kernel", makingRatio),
                MeasuredRatio("matrix, \(jobs) at once, snapshots there / a bare boot of each kernel", warmRatio),
            ]
        }
    }

    let runner: MatrixRunner
    let rounds: Int

    init(runner: MatrixRunner, rounds: Int) {
        self.runner = runner
        self.rounds = rounds
    }

    /// - Throws: `BenchmarkFailure` when a cell is not from a snapshot or proves nothing, and what makes a run impossible.
    func run(_ wanted: MatrixPlan, in folder: RunFolder) async throws -> Figures {
        let (prepared, context) = try await runner.prepareOwnBenchmark(wanted)
        // What is unavailable takes no time.
        let plan = MatrixPlan(
            cells: wanted.cells.filter { if case .success? = prepared.artefacts(for: $0) { true } else { false } }, unavailable: [], warnings: [])
        guard !plan.cells.isEmpty else { throw BenchmarkFailure("the matrix", detail: "none of its kernels is available") }
        let floor = try BareBoot(context, of: .host, in: folder)
        let boots = try Self.boots(plan).compactMap { planned in
            try prepared.artefacts(for: planned).map { CellAttempt(planned, try $0.get(), context, CellFolder(path: folder.path)) }
        }
        func boot() async throws -> Double {
            var sum = 0.0
            for boot in boots { sum += try await floor.seconds(boot.artefacts.kernel.boot) }
            return sum
        }
        var making: [Double] = []
        var warm: [(seconds: Double, records: [CellRecord], harness: Double, memory: Double)] = []
        var bare = try await Floor(first: boot())
        for round in 1...rounds {
            runner.events(.preparing("round \(round) of \(rounds): \(plan.cells.count) cells twice, \(boots.count) bare boots after each time"))
            let snapshots = runner.snapshots(context.emulator)
            for boot in boots { try snapshots.forget(boot.origin) }
            making.append(try await measure(plan, "making-\(round)", in: folder).seconds)
            bare.add(try await boot())
            warm.append(try await measure(plan, "warm-\(round)", in: folder))
            bare.add(try await boot())
        }
        let count = Double(plan.cells.count)
        let records = warm.last?.records ?? []
        return Figures(
            kernels: plan.kernels.map { "\($0.version) \($0.flavour)" }, cells: plan.cells.count, jobs: runner.jobs(for: plan).count, rounds: rounds,
            bareSeconds: Spread(bare.seconds),
            makingSeconds: Spread(making), makingRatio: Spread(bare.ratios(making, each: 2, from: 0)), warmSeconds: Spread(warm.map(\.seconds)),
            warmRatio: Spread(bare.ratios(warm.map(\.seconds), each: 2, from: 1)),
            warmSecondsPerCell: Spread(warm.map { $0.seconds / count }), cellsPerMinute: Spread(warm.map { count / $0.seconds * 60 }),
            harnessPercent: Spread(warm.map { $0.harness * 100 }), privateMiBPerCell: Spread(warm.map(\.memory)),
            cellSeconds: Spread(records.compactMap { $0.seconds[.total] }), verdicts: Dictionary(grouping: records, by: \.verdict.rawValue).mapValues(\.count))
    }

    /// A cell of each boot.
    private static func boots(_ plan: MatrixPlan) -> [PlannedCell] {
        var seen: Set<SharedBoot> = []
        return plan.cells.filter { SharedBoot($0).map { seen.insert($0).inserted } ?? true }
    }

    private func measure(_ plan: MatrixPlan, _ name: String, in folder: RunFolder) async throws -> (
        seconds: Double, records: [CellRecord], harness: Double, memory: Double
    ) {
        let place = try RunFolder.create(at: folder.path.appending(name))
        let sampling = Task { await GuestFootprint.largest() }
        defer { sampling.cancel() }
        let (own, others) = (ProcessorTime.own, ProcessorTime.children)
        let start = ContinuousClock.now
        let document = try await runner.run(plan, id: name, in: place)
        let seconds = CellAttempt.seconds(ContinuousClock.now - start)
        let spent = ProcessorTime.own - own
        let guests = ProcessorTime.children - others
        sampling.cancel()
        let footprint = await sampling.value
        // Looking at the guests' memory is the benchmark's doing.
        let harness = spent - footprint.seconds
        for record in document.cells {
            guard record.fault != .harness else { throw BenchmarkFailure(record.id, detail: record.summary) }
            guard case .snapshot? = record.startMode else {
                throw BenchmarkFailure(record.id, detail: "the cell was not restored from a snapshot; retry on an idle machine")
            }
        }
        return (seconds, document.cells, harness / max(harness + guests, 0.001), footprint.mebibytes)
    }
}
