import Foundation
public import MatrixModel
public import SystemPackage

/// What a run that was cut short left, and what of it counts.
///
/// A cell is finished when its verdict is whole, says what a run would have written, and is a verdict on a guest: `not-run`,
/// `unavailable` and `evidence-lost`, which a full disk brings about, are tried again.
public struct RunResumption: Sendable {
    public let folder: RunFolder
    /// Nil when `run.json` is not whole.
    public let run: RunRecord?
    /// By meaning.
    public let finished: [CellRecord]

    /// The folder of a run that was begun.
    /// - Throws: `RunResumptionError` with `noRun`.
    public static func folder(at path: FilePath) throws(RunResumptionError) -> RunFolder {
        guard [RunFolder.recordName, RunFolder.plannedName].contains(where: { FileManager.default.fileExists(atPath: path.appending($0).string) }) else {
            throw RunResumptionError(.noRun, path: path)
        }
        return RunFolder(path: path)
    }

    /// - Parameters:
    ///   - planned: The ids of what is to be run, and those that are unavailable.
    ///   - shard: Which part of a run that is.
    /// - Throws: `RunResumptionError`.
    public init(of folder: RunFolder, planned: Set<String>, shard: Shard?) throws(RunResumptionError) {
        var reader = StoredRunReader(folder: folder)
        let run = reader.readWhatThereIs()
        if let run {
            if run.merged != nil { throw RunResumptionError(.merged, path: folder.path) }
            guard run.shard == shard else {
                throw RunResumptionError(.otherPart, path: folder.path, details: [run.shard?.description ?? "the whole", shard?.description ?? "the whole"])
            }
        }
        try Self.compare(reader, planned, folder)
        self.folder = folder
        self.run = run
        finished = CellOrder.sorted(
            reader.intact.compactMap { reader.records[$0] }.filter { planned.contains($0.id) && $0.isFinished })
    }

    /// The stored plan has to be this one. What was unavailable then may be there now; of a plan that is damaged what can be read counts.
    private static func compare(_ reader: StoredRunReader, _ planned: Set<String>, _ folder: RunFolder) throws(RunResumptionError) {
        let stored = reader.records.values
        let unavailable = stored.filter { $0.verdict == .unavailable && !planned.contains($0.id) }
        let lacking = Set(stored.filter { $0.verdict != .unavailable }.map(\.id)).subtracting(planned)
        var further: Set<String> = []
        if reader.hasWholePlan {
            // A cell without a kernel has an id with the series where others have the version. Such an id is a lineage (`CellID.lineage`).
            let awaited = Set(unavailable.map(\.id))
            further = planned.subtracting(stored.map(\.id)).filter { id in
                let series = id.split(separator: "/").dropFirst().first.flatMap { try? KernelVersion(parsing: String($0)).series.description }
                return !awaited.contains(CellID(stored: id).lineage(series: series))
            }
        }
        guard lacking.isEmpty, further.isEmpty else {
            let sorted = { (ids: Set<String>) in CellIDOrder.sort(Array(ids), by: \.self) }
            throw RunResumptionError(.otherPlan, path: folder.path, details: sorted(lacking).map { "- \($0)" } + sorted(further).map { "+ \($0)" })
        }
    }

    /// Puts what unfinished cells left aside, into `interrupted-N`, and takes away what is not evidence: sockets, disks.
    /// - Throws: `StoreError`.
    public func clear(_ id: CellID) throws {
        let place = CellFolder(path: folder.path.appending(RunFolder.cellsName).appending(id.folderName))
        let manager = FileManager.default
        guard let names = try? manager.contentsOfDirectory(atPath: place.path.string) else { return }
        let kept = Set(EvidenceFile.allCases.map(\.rawValue))
        let evidence = names.filter { kept.contains($0) || $0.wholeMatch(of: /attempt-[0-9]{1,4}/) != nil }
        do {
            if !evidence.isEmpty {
                let number = names.compactMap { $0.wholeMatch(of: /interrupted-([0-9]{1,4})/).flatMap { Int($0.1) } }.max() ?? 0
                let aside = place.path.appending("interrupted-\(number + 1)")
                try DurableFile.makeFolder(aside)
                for name in evidence { try manager.moveItem(atPath: place.path.appending(name).string, toPath: aside.appending(name).string) }
            }
            for path in place.remains { try manager.removeItem(atPath: path.string) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(path: place.path, errno: .ioError)
        }
    }
}

extension CellRecord {
    fileprivate var isFinished: Bool { verdict != .notRun && verdict != .unavailable && cause != .evidenceLost }
}
