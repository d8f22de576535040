import Foundation
import MatrixModel
public import SystemPackage

extension RunMerge {
    /// Writes the merged run, its evidence and its seal, in the place of an earlier merge.
    /// - Throws: `RunMergeError` with `occupied`, `StoreError`. The folder is then as it was.
    @discardableResult
    public func write(to path: FilePath) throws -> RunDocument {
        let manager = FileManager.default
        let isThere = manager.fileExists(atPath: path.string)
        if isThere, !Self.isReplaceable(path) { throw RunMergeError(.occupied, detail: path.string) }
        let aside = FilePath(path.string + ".part")
        try? manager.removeItem(atPath: aside.string)
        do {
            let folder = try RunFolder.create(at: aside)
            let document = try fill(folder, final: path)
            // Rename takes the place of an empty folder only.
            if isThere { try manager.removeItem(atPath: path.string) }
            guard rename(aside.string, path.string) == 0 else { throw StoreError(path: path, errno: Errno(rawValue: errno)) }
            return document
        } catch {
            try? manager.removeItem(atPath: aside.string)
            throw error
        }
    }

    /// Nothing that somebody measured is ever replaced.
    private static func isReplaceable(_ path: FilePath) -> Bool {
        if let names = try? FileManager.default.contentsOfDirectory(atPath: path.string), names.isEmpty { return true }
        return (try? StoredRun(reading: path))?.document.run.merged != nil
    }

    private func fill(_ folder: RunFolder, final: FilePath) throws -> RunDocument {
        try folder.savePlan(cells.map { entry in entry.record.verdict == .unavailable ? entry.record.withoutEvidence : entry.record.waiting })
        var records: [CellRecord] = []
        for (record, sources) in cells {
            var stored = record
            stored.evidence = nil
            let hasEvidence = sources.contains { $0.record.evidence != nil }
            // A cell that was never begun has no folder until the run is sealed.
            if hasEvidence {
                let place = try folder.cell(CellID(stored: record.id))
                for (index, source) in sources.enumerated() {
                    guard let evidence = source.run.evidence(of: source.record) else { continue }
                    let target = sources.count == 1 ? place : CellFolder(path: place.path.appending("disagreeing-\(index + 1)"))
                    try evidence.copyEvidence(to: target)
                }
                stored.evidence = final.appending(RunFolder.cellsName).appending(record.folderName).string
                try place.save(stored, to: .verdict)
            }
            records.append(stored)
        }
        try folder.seal(run, records)
        return RunDocument(run: run, cells: records)
    }
}

extension CellRecord {
    fileprivate var withoutEvidence: CellRecord {
        var record = self
        record.evidence = nil
        return record
    }

    /// As it is in a plan.
    var waiting: CellRecord {
        var record = replacingOutcome(with: Judgement(verdict: .notRun, cause: nil, summary: "Not run: in none of the merged runs."))
        record.evidence = nil
        record.attempts = 0
        record.inputs = nil
        return record
    }
}

extension CellFolder {
    /// Copies the evidence and that of earlier attempts; a verdict on two runs that disagree is not theirs. Only files that are ours by name,
    /// and only regular ones: a run's folder may come from a stranger.
    public func copyEvidence(to target: CellFolder) throws {
        try DurableFile.makeFolder(target.path)
        for file in EvidenceFile.allCases { try copyRegular(self.file(file), to: target.file(file)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
        for name in names where name.wholeMatch(of: /(attempt|interrupted|disagreeing)-[0-9]{1,4}/) != nil {
            let from = CellFolder(path: path.appending(name))
            guard (try? FileManager.default.attributesOfItem(atPath: from.path.string))?[.type] as? FileAttributeType == .typeDirectory else { continue }
            let to = CellFolder(path: target.path.appending(name))
            try DurableFile.makeFolder(to.path)
            for file in EvidenceFile.allCases { try copyRegular(from.file(file), to: to.file(file)) }
        }
    }

    private func copyRegular(_ from: FilePath, to target: FilePath) throws {
        // A missing file is not evidence, and neither is one that is not a regular file.
        guard (try? FileManager.default.attributesOfItem(atPath: from.string))?[.type] as? FileAttributeType == .typeRegular else { return }
        do { try FileManager.default.copyItem(atPath: from.string, toPath: target.string) } catch {
            throw StoreError(path: target, errno: (error as? CocoaError)?.code == .fileWriteOutOfSpace ? .noSpace : .ioError)
        }
    }
}
