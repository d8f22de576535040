import Glibc
import MatrixModel
import SystemPackage

/// What one folder below `cells` tells of its cell.
struct CellReading: Sendable {
    /// Of the cell that the folder is named after; nil when it cannot be said to be a cell's.
    private(set) var record: CellRecord?
    /// Whether there is a verdict, readable or not.
    private(set) var hasVerdict = false
    private(set) var damages: [RunReadingError.Damage] = []

    /// - Parameters:
    ///   - planned: What was known of the cell before it ran.
    ///   - seal: What the verdict was when the run ended; nil for a run that was not sealed.
    init(_ name: String, in cells: FilePath, planned: CellRecord?, seal: RunSeal?) {
        let place = CellFolder(path: cells.appending(name))
        let file = RunFolder.verdictPath(name)
        guard place.isFolder else {
            damages.append(.init(code: .foreign, file: "\(RunFolder.cellsName)/\(name)", detail: "not a folder"))
            return
        }
        let bytes: [UInt8]?
        do { bytes = try BoundedFile.read(place.file(.verdict), limit: RunFolder.recordLimit) } catch {
            hasVerdict = true
            distrust(planned, name, .unreadable, "\(error)", place)
            return
        }
        guard let bytes else {
            readUnfinished(place, name, planned)
            return
        }
        hasVerdict = true
        switch StoredJSON.decode(CellRecord.self, schemas: CellRecord.readableSchemas, from: bytes) {
        case .failure(let failure): distrust(planned, name, failure.code, failure.detail, place)
        // A copied folder: the other cell, if there is one, is told by its own.
        case .success(let found) where found.folderName != name: distrust(planned, name, .misplaced, found.id, place)
        case .success(var found):
            if found.evidence != nil { found.evidence = place.path.string }
            if let code = seal?.doubt(file, bytes) {
                doubt(found, .init(code: code, file: file, detail: ""))
            } else if let reason = found.contradiction {
                doubt(found, .init(code: .contradictory, file: file, detail: "\(found.verdict.rawValue), and \(reason)"))
            } else if let reason = place.missingProof(of: found) {
                doubt(found, .init(code: .unproven, file: "\(RunFolder.cellsName)/\(name)/\(EvidenceFile.fabricJournal.rawValue)", detail: reason))
            } else {
                record = found
            }
        }
    }

    private mutating func readUnfinished(_ place: CellFolder, _ name: String, _ planned: CellRecord?) {
        guard let known = planned ?? CellRecord(folderName: name) else {
            damages.append(.init(code: .foreign, file: "\(RunFolder.cellsName)/\(name)", detail: "it has no verdict.json, and its name is not a cell id"))
            return
        }
        let judgement = Judgement(verdict: .notRun, cause: nil, summary: "Incomplete: the cell's folder has evidence but no verdict.")
        var unfinished = known.replacingOutcome(with: judgement)
        unfinished.evidence = place.path.string
        record = unfinished
    }

    private mutating func distrust(_ planned: CellRecord?, _ name: String, _ code: RunReadingError.Code, _ detail: String, _ place: CellFolder) {
        let damage = RunReadingError.Damage(code: code, file: RunFolder.verdictPath(name), detail: detail)
        guard var known = planned ?? CellRecord(folderName: name) else { return damages.append(damage) }
        known.evidence = place.path.string
        known.attempts = max(known.attempts, 1)
        doubt(known, damage)
    }

    private mutating func doubt(_ known: CellRecord, _ damage: RunReadingError.Damage) {
        record = known.doubted("The outcome is unknown: \(damage).")
        damages.append(damage)
    }
}

extension CellRecord {
    /// The name of the folder of this cell's evidence, which is also a name for its page.
    public var folderName: String { CellID(stored: id).folderName }
}

extension CellFolder {
    /// A link is what it is, and not what it points to.
    private static func status(_ path: FilePath, _ kind: mode_t) -> stat? {
        var status = stat()
        return lstat(path.string, &status) == 0 && status.st_mode & S_IFMT == kind ? status : nil
    }

    fileprivate var isFolder: Bool { Self.status(path, S_IFDIR) != nil }

    /// Bytes of the platform's journal; nil where there is none.
    public var journalSize: Int? { Self.status(file(.fabricJournal), S_IFREG).map { Int($0.st_size) } }

    /// What must be there for a cell that works, and is not: the platform's journal is the proof.
    fileprivate func missingProof(of record: CellRecord) -> String? {
        guard record.verdict == .compatible || record.verdict == .degraded else { return nil }
        let size = journalSize ?? 0
        guard size > 0 else { return "is missing or empty" }
        return record.journalSize.map { $0 == size } ?? true ? nil : "has \(size) bytes instead of \(record.journalSize ?? 0)"
    }
}
