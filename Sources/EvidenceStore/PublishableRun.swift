import Foundation
import MatrixModel
import Synchronization
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
    static let recordLimit = 1 << 20

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
        guard let bytes = BoundedFile.data(path, limit: recordLimit) else {
            throw PublishableRunError(.unreadable, path: path, detail: "it is no readable file of at most \(recordLimit >> 20) MiB")
        }
        do {
            let schema = try JSONDecoder().decode(Head.self, from: bytes).schema
            guard schema == RunRecord.schema else { throw PublishableRunError(.unknownSchema, path: path, detail: "\(schema)") }
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
            guard let bytes = BoundedFile.data(path, limit: 256 << 20) else {
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
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: cells.string)) ?? []).sorted()
            let planned = records
            for reading in Self.concurrently(names, { CellReading($0, in: cells, planned: planned[$0]) }) {
                if let record = reading.record { records[record.folderName] = record }
                troubles += reading.troubles
            }
        }

        /// Thousands of small files: every processor takes its share.
        private static func concurrently(_ names: [String], _ read: @Sendable (String) -> CellReading) -> [CellReading] {
            let share = 64
            let shares = stride(from: 0, to: names.count, by: share).map { names[$0..<min($0 + share, names.count)] }
            let results = Mutex<[[CellReading]]>(Array(repeating: [], count: shares.count))
            DispatchQueue.concurrentPerform(iterations: shares.count) { index in
                let readings = shares[index].map(read)
                results.withLock { $0[index] = readings }
            }
            return results.withLock { $0.flatMap(\.self) }
        }

        private mutating func doubted(_ record: CellRecord, _ why: String) {
            records[record.folderName] = record.doubted(why)
            troubles.append("\(record.id): \(why)")
        }
    }
}
