import Foundation
import MatrixModel
public import SystemPackage

/// A run as its folder has it, read without trust, so that every cell can be shown.
///
/// A cell whose record is missing is not run, one whose record cannot be read or contradicts itself is inconclusive: nothing is
/// compatible but what a whole record says and evidence stands behind.
public struct PublishableRun: Sendable {
    public let folder: RunFolder
    /// The run, with every cell that was planned or left a folder, sorted by meaning.
    public let document: RunDocument
    /// What the reader must know of the folder, in words.
    public let troubles: [String]

    /// Far above what a record takes; a file beyond it is none.
    private static let recordLimit = 1 << 20

    public init(reading path: FilePath) throws(PublishableRunError) {
        folder = RunFolder(path: path)
        let run = try Self.run(at: path)
        var reading = Reading(folder: folder)
        reading.readPlan()
        reading.readCells()
        document = RunDocument(run: run, cells: CellOrder.sorted(Array(reading.records.values)))
        troubles = reading.troubles
    }

    /// The folder of a cell's evidence; nil when it has none.
    public func evidence(of cell: CellRecord) -> CellFolder? {
        cell.evidence.map { CellFolder(path: FilePath($0)) }
    }

    /// The run for others' eyes: evidence is named by its place inside the run's folder, wherever that stands on this machine.
    public var published: RunDocument {
        var copy = document
        let prefix = folder.path.string + "/"
        for index in copy.cells.indices {
            guard let evidence = copy.cells[index].evidence, evidence.hasPrefix(prefix) else { continue }
            copy.cells[index].evidence = String(evidence.dropFirst(prefix.count))
        }
        return copy
    }

    private static func run(at folder: FilePath) throws(PublishableRunError) -> RunRecord {
        struct Head: Decodable { let schema: Int }
        let path = folder.appending("run.json")
        guard FileManager.default.fileExists(atPath: path.string) else { throw PublishableRunError(.notARun, path: folder) }
        guard let bytes = BoundedRead.bytes(of: path, limit: recordLimit) else {
            throw PublishableRunError(.unreadable, path: path, detail: "it is no readable file of at most \(recordLimit >> 20) MiB")
        }
        do {
            let schema = try JSONDecoder().decode(Head.self, from: bytes).schema
            guard schema == RunRecord.currentSchema else { throw PublishableRunError(.unknownSchema, path: path, detail: "\(schema)") }
            return try JSONDecoder().decode(RunRecord.self, from: bytes)
        } catch let error as PublishableRunError {
            throw error
        } catch {
            throw PublishableRunError(.damaged, path: path, detail: DamagedJSON.reason(error))
        }
    }

    /// One pass over a run's folder.
    private struct Reading {
        let folder: RunFolder
        /// By the name of the folder: two cells that would share one cannot both have been measured.
        var records: [String: CellRecord] = [:]
        var troubles: [String] = []
        private let decoder = JSONDecoder()

        init(folder: RunFolder) { self.folder = folder }

        mutating func readPlan() {
            let path = folder.path.appending(RunFolder.plannedName)
            // Runs of before there were plans have none.
            guard FileManager.default.fileExists(atPath: path.string) else { return }
            guard let bytes = BoundedRead.bytes(of: path, limit: 256 << 20) else {
                troubles.append("\(RunFolder.plannedName) cannot be read: cells that never ran are missing")
                return
            }
            for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
                do {
                    var record = try decoder.decode(CellRecord.self, from: Data(line))
                    // No folder is read because a file says so.
                    record.evidence = nil
                    if let other = records[record.folderName] {
                        troubles.append("\(RunFolder.plannedName) line \(index + 1) names \(record.id), which \(other.id) stands for already")
                        continue
                    }
                    records[record.folderName] = record
                    // Only what a cell's own folder holds was measured.
                    if let doubt = record.contradiction ?? (record.verdict == .notRun || record.verdict == .unavailable ? nil : "it has an outcome") {
                        doubted(record, "\(RunFolder.plannedName) line \(index + 1) is edited or damaged: \(doubt).")
                    }
                } catch {
                    troubles.append("\(RunFolder.plannedName) line \(index + 1) cannot be read: \(DamagedJSON.reason(error))")
                }
            }
        }

        mutating func readCells() {
            let cells = folder.path.appending("cells")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: cells.string)) ?? []
            let planned = records
            for name in names.sorted() {
                let place = CellFolder(path: cells.appending(name))
                guard place.isFolder else {
                    troubles.append("cells/\(name) is no folder")
                    continue
                }
                readCell(place, name: name, known: planned[name] ?? CellRecord(folderName: name))
            }
        }

        private mutating func readCell(_ place: CellFolder, name: String, known: CellRecord?) {
            guard FileManager.default.fileExists(atPath: place.file(.verdict).string) else {
                guard var record = known else { return troubles.append("cells/\(name) has no verdict.json, and its name is no cell's") }
                record = record.replacingOutcome(
                    with: Judgment(verdict: .notRun, cause: nil, summary: "Not run to its end: its folder has evidence and no verdict."))
                record.evidence = place.path.string
                records[record.folderName] = record
                return
            }
            do {
                guard let bytes = BoundedRead.bytes(of: place.file(.verdict), limit: PublishableRun.recordLimit) else {
                    throw PublishableRunError(.unreadable, path: place.file(.verdict), detail: "it is no file of at most \(PublishableRun.recordLimit >> 20) MiB")
                }
                var record = try decoder.decode(CellRecord.self, from: bytes)
                guard record.folderName == name else {
                    // A copied folder: its cell, if it has one, is told by its own.
                    return distrust(known, name, "its verdict.json is of another cell, \(record.id)", place)
                }
                if record.evidence != nil { record.evidence = place.path.string }
                records[record.folderName] = record
                if let doubt = record.contradiction ?? place.missingProof(of: record) {
                    doubted(record, "verdict.json says \(record.verdict.rawValue) and is edited or damaged: \(doubt).")
                }
            } catch {
                distrust(known, name, "its verdict.json cannot be read: \(DamagedJSON.reason(error))", place)
            }
        }

        private mutating func distrust(_ known: CellRecord?, _ name: String, _ why: String, _ place: CellFolder) {
            guard var record = known else { return troubles.append("cells/\(name): \(why)") }
            record.evidence = place.path.string
            record.attempts = max(record.attempts, 1)
            doubted(record, "Nothing is known of the outcome: \(why).")
        }

        private mutating func doubted(_ record: CellRecord, _ why: String) {
            records[record.folderName] = record.replacingOutcome(with: Judgment(cause: .evidenceLost, summary: why))
            troubles.append("\(record.id): \(why)")
        }
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
