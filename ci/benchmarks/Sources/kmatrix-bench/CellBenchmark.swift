@testable import MatrixPlanning
@testable import MatrixRunner
import EvidenceStore
import Foundation
import GuestImages
@testable import QEMUGuest
import Judgement
import MatrixModel
import Measurements
import SystemPackage

/// Times whole cells against the floor: the same kernel booted bare, with an init that powers off at once; of a distribution the same
/// image booted to its end, without agent or clients.
struct CellBenchmark: Sendable {
    struct Figures: Encodable, Sendable {
        let guest: String
        let architecture: Architecture
        let kernel: String
        let series: String
        let rounds: Int
        /// Seconds from the emulator's start to its end.
        let bareSeconds: Spread
        /// Seconds from the start of a cell to its stored verdict.
        let coldSeconds: Spread
        /// The ratio to the bare boots right before and after, round by round.
        let coldRatio: Spread
        /// Part by part, the medians of the cells' phases.
        let phaseSeconds: [String: Double]
        /// The same of cells whose guests come from a snapshot that is there.
        let snapshotSeconds: Spread
        let snapshotRatio: Spread
        let snapshotPhaseSeconds: [String: Double]
        /// Seconds to make the snapshot.
        let recordingSeconds: Double
        let verdicts: [String: Int]

        var ratios: [MeasuredRatio] {
            let name = (guest == "micro" ? series : guest) + (architecture == .unnamed ? "" : " on \(architecture)")
            return [MeasuredRatio("cold cell of \(name) / its bare boot", coldRatio), MeasuredRatio("snapshot cell of \(name) / its bare boot", snapshotRatio)]
        }
    }

    let runner: MatrixRunner
    let rounds: Int

    init(runner: MatrixRunner, rounds: Int) {
        self.runner = runner
        self.rounds = rounds
    }

    /// - Throws: `ProductError` when the bare init was not built, and what makes a run impossible.
    func run(_ plan: MatrixPlan, in folder: RunFolder) async throws -> [Figures] {
        let (prepared, contexts) = try await runner.prepareBenchmark(plan)
        let floors = try Dictionary(uniqueKeysWithValues: contexts.map { ($0.key, try BareBoot($0.value, of: $0.key, in: folder)) })
        var figures: [Figures] = []
        for planned in plan.cells {
            guard let context = contexts[planned.cell.architecture], let floor = floors[planned.cell.architecture] else { continue }
            switch prepared.artefacts(for: planned) {
            case .success(let artefacts)?:
                figures.append(try await measure(planned, artefacts, floor, context, runner.snapshots(context.emulator), folder))
            // The other kernels are worth measuring all the same.
            case .failure(let failure)?: runner.events(.warning("\(planned.cell.id) is not measured: \(failure.judgement.summary)"))
            case nil: continue
            }
        }
        guard !figures.isEmpty else { throw BenchmarkFailure("the cells", detail: "none of their kernels is available") }
        return figures
    }

    private func measure(
        _ planned: PlannedCell, _ artefacts: PreparedCell, _ floor: BareBoot, _ context: CellContext, _ snapshots: SnapshotStore, _ folder: RunFolder
    ) async throws -> Figures {
        var records: [CellRecord] = []
        var restored: [CellRecord] = []
        let recording = try await recordingSeconds(CellAttempt(planned, artefacts, context, CellFolder(path: folder.path)), snapshots)
        var withSnapshots = context
        withSnapshots.boots = BootPolicy(choice: .snapshot, store: snapshots, events: runner.events)
        func boot(_ number: Int) async throws -> Double {
            artefacts.distribution == nil ? try await floor.seconds(artefacts.kernel.boot) : try await bareBoot(planned, artefacts, context, folder, number)
        }
        var bare = try await Floor(first: boot(0))
        for round in 1...rounds {
            runner.events(.preparing("\(planned.cell.id): round \(round) of \(rounds)"))
            let place = try RunFolder.create(at: folder.path.appending("round-\(round)"))
            records.append(try await CellRunner(context: context, folder: place).run(planned, artefacts))
            bare.add(try await boot(2 * round - 1))
            let other = try RunFolder.create(at: folder.path.appending("snapshot-\(round)"))
            let record = try await CellRunner(context: withSnapshots, folder: other).run(planned, artefacts)
            guard case .snapshot = record.startMode else {
                throw BenchmarkFailure(record.id, detail: "the cell was not restored from a snapshot: \(record.summary)")
            }
            restored.append(record)
            bare.add(try await boot(2 * round))
        }
        let cold = records.map { $0.seconds[.total] ?? 0 }
        let warm = restored.map { $0.seconds[.total] ?? 0 }
        return Figures(
            guest: planned.cell.guest, architecture: planned.cell.architecture, kernel: planned.cell.kernel.description,
            series: planned.cell.kernel.series.description, rounds: rounds, bareSeconds: Spread(bare.seconds),
            coldSeconds: Spread(cold), coldRatio: Spread(bare.ratios(cold, each: 2, from: 0)), phaseSeconds: Self.phases(records),
            snapshotSeconds: Spread(warm), snapshotRatio: Spread(bare.ratios(warm, each: 2, from: 1)), snapshotPhaseSeconds: Self.phases(restored),
            recordingSeconds: recording,
            verdicts: Dictionary(grouping: records + restored, by: \.verdict.rawValue).mapValues(\.count))
    }

    private static func phases(_ records: [CellRecord]) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: Phase.allCases.map { phase in (phase.rawValue, Spread(records.compactMap { $0.seconds[phase] }).median) })
    }

    /// Makes the snapshot again, so that its making is measured and no round pays for it.
    private func recordingSeconds(_ attempt: CellAttempt, _ snapshots: SnapshotStore) async throws -> Double {
        let start = ContinuousClock.now
        _ = try await snapshots.snapshot(for: attempt.origin, renews: true)
        return CellAttempt.seconds(ContinuousClock.now - start)
    }

    /// A cell's guest whose distribution boots without an agent and switches off once it has.
    private func bareBoot(
        _ planned: PlannedCell, _ artefacts: PreparedCell, _ context: CellContext, _ folder: RunFolder, _ round: Int
    ) async throws -> Double {
        let place = CellFolder(path: folder.path.appending("bare-\(round)"))
        try FileManager.default.createDirectory(atPath: place.path.string, withIntermediateDirectories: true)
        let start = ContinuousClock.now
        let session = await CellAttempt(planned, artefacts, context, place, isBare: true).runGuest()
        let seconds = CellAttempt.seconds(ContinuousClock.now - start)
        guard session.evidence.fate == .poweredOff else { throw BenchmarkFailure(planned.cell.id.text, detail: "\(session.evidence.fate)") }
        return seconds
    }
}
