import Foundation
import MatrixModel
import SystemPackage

/// What one folder below `cells` tells of its cell.
struct CellReading: Sendable {
    /// Nil when the folder cannot be said to be a cell's.
    private(set) var record: CellRecord?
    private(set) var troubles: [String] = []

    /// - Parameter planned: What was known of the cell before it ran.
    init(_ name: String, in cells: FilePath, planned: CellRecord?) {
        let place = CellFolder(path: cells.appending(name))
        guard place.isFolder else {
            troubles.append("cells/\(name) is no folder")
            return
        }
        guard FileManager.default.fileExists(atPath: place.file(.verdict).string) else {
            readUnfinished(place, name, planned)
            return
        }
        do {
            guard let bytes = BoundedFile.data(place.file(.verdict), limit: PublishableRun.recordLimit) else {
                throw PublishableRunError(.unreadable, path: place.file(.verdict), detail: "it is no file of at most \(PublishableRun.recordLimit >> 20) MiB")
            }
            var found = try JSONDecoder().decode(CellRecord.self, from: bytes)
            guard found.folderName == name else {
                // A copied folder: the other cell, if there is one, is told by its own.
                distrust(planned, name, "its verdict.json is of another cell, \(found.id)", place)
                return
            }
            if found.evidence != nil { found.evidence = place.path.string }
            if let reason = found.contradiction ?? place.missingProof(of: found) {
                doubt(found, "verdict.json says \(found.verdict.rawValue) and is edited or damaged: \(reason).")
            } else {
                record = found
            }
        } catch {
            distrust(planned, name, "its verdict.json cannot be read: \(DamagedJSON.reason(error))", place)
        }
    }

    private mutating func readUnfinished(_ place: CellFolder, _ name: String, _ planned: CellRecord?) {
        guard let known = planned ?? CellRecord(folderName: name) else {
            troubles.append("cells/\(name) has no verdict.json, and its name is no cell's")
            return
        }
        let judgment = Judgment(verdict: .notRun, cause: nil, summary: "Not run to its end: its folder has evidence and no verdict.")
        var unfinished = known.replacingOutcome(with: judgment)
        unfinished.evidence = place.path.string
        record = unfinished
    }

    private mutating func distrust(_ planned: CellRecord?, _ name: String, _ why: String, _ place: CellFolder) {
        guard var known = planned ?? CellRecord(folderName: name) else { return troubles.append("cells/\(name): \(why)") }
        known.evidence = place.path.string
        known.attempts = max(known.attempts, 1)
        doubt(known, "Nothing is known of the outcome: \(why).")
    }

    private mutating func doubt(_ known: CellRecord, _ why: String) {
        record = known.doubted(why)
        troubles.append("\(known.id): \(why)")
    }
}

extension CellRecord {
    /// The name of the folder of this cell's evidence, which is also a name for its page.
    public var folderName: String { CellID(stored: id).folderName }
}

extension CellFolder {
    fileprivate var isFolder: Bool {
        // The attributes of a link are its own and not those of what it points to.
        (try? FileManager.default.attributesOfItem(atPath: path.string))?[.type] as? FileAttributeType == .typeDirectory
    }

    /// What must be there for a cell that works, and is not: the platform's journal is the proof.
    fileprivate func missingProof(of record: CellRecord) -> String? {
        guard record.verdict == .compatible || record.verdict == .degraded else { return nil }
        if record.attempts < 1 { return "it was never attempted" }
        return (excerpt(of: .fabricJournal, head: 1, tail: 0)?.size ?? 0) > 0 ? nil : "the platform's journal, which would prove it, is not there"
    }
}
