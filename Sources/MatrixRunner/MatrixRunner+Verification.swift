import EvidenceStore
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage

extension MatrixRunner {
    /// Runs a sample of the restored cells again with a cold boot, without arguments that save boot time, and compares the outcomes.
    func verify(
        _ scheduler: CellScheduler, _ sample: SnapshotSample, _ cells: [PlannedCell], _ contexts: [Architecture: CellContext], _ folder: RunFolder
    ) async throws -> SnapshotCheck {
        // Without a context no guest was started.
        guard !contexts.isEmpty else { return SnapshotCheck() }
        let restored = scheduler.records.filter { if case .snapshot = $0.startMode { true } else { false } }
        let chosen = Set(sample.of(restored.map(\.id)))
        let place = try RunFolder.create(at: folder.path.appending("cold"))
        var check = SnapshotCheck()
        for planned in cells where chosen.contains(planned.cell.id.text) {
            guard let record = restored.first(where: { $0.id == planned.cell.id.text }),
                case .success(let artefacts)? = scheduler.prepared.artefacts(for: planned),
                var cold = contexts[planned.cell.architecture]
            else { continue }
            cold.boots = nil
            cold.sparesTime = false
            events(.preparing("\(record.id): cold boot for comparison"))
            let booted = try await CellRunner(context: cold, folder: place).run(planned, artefacts)
            check.cells.append(record.id)
            guard (booted.verdict, booted.cause) != (record.verdict, record.cause) else { continue }
            check.differences.append(SnapshotCheck.Difference(cell: record.id, snapshot: SnapshotCheck.Outcome(record), cold: SnapshotCheck.Outcome(booted)))
            events(.warning("\(record.id) is \(SnapshotCheck.Outcome(record)) when restored, but \(SnapshotCheck.Outcome(booted)) after a cold boot"))
        }
        return check
    }
}
