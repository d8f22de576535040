public import EvidenceStore
import MatrixModel
import Synchronization
import SystemPackage

/// Verdicts of earlier runs, found by the history and read from their folders, whose seals have to be whole.
public final class HistoricVerdicts: VerdictSource {
    private let database: RunDatabase
    /// By folder; nil for one that cannot be used. Each is read once.
    private let folders = Mutex<[String: [String: CellRecord]?]>([:])

    /// How many runs are looked at for a cell: folders go, and the newest is there most likely.
    private static let limit = 5

    public init(_ database: RunDatabase) { self.database = database }

    public func verdict(on id: String, inputs: String) -> EarlierVerdict? {
        guard let runs = try? database.runs(measuring: inputs, limit: Self.limit) else { return nil }
        for run in runs {
            guard let folder = run.folder, let record = records(in: folder)?[id], record.inputs == inputs, record.attempts == 1,
                [.compatible, .degraded, .incompatible].contains(record.verdict), let evidence = record.evidence
            else { continue }
            return EarlierVerdict(
                record: record, evidence: CellFolder(path: FilePath(evidence)), run: record.reused ?? MeasuringRun(run: run.id, started: run.started))
        }
        return nil
    }

    private func records(in folder: String) -> [String: CellRecord]? {
        folders.withLock { known in
            if let found = known[folder] { return found }
            // Only a finished run is known to have unchanged verdicts.
            let stored = try? StoredRun.intact(at: FilePath(folder))
            let records = stored.flatMap { run in
                run.document.run.finished == nil ? nil : Dictionary(run.document.cells.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
            }
            known[folder] = records
            return records
        }
    }
}
