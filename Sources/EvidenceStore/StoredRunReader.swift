import Foundation
import MatrixModel
import Synchronization
import SystemPackage

/// One pass over a run's folder. It continues after an error, so that all errors are reported at once.
struct StoredRunReader {
    let folder: RunFolder
    /// By the name of the folder: two cells that would share one cannot both have been measured.
    private(set) var records: [String: CellRecord] = [:]
    private(set) var elsewhere: [CellRecord] = []
    private(set) var damages: [RunReadingError.Damage] = []
    private(set) var unfinished: [String] = []
    /// The folders whose verdicts are whole, and say what a run would have written.
    private(set) var intact: Set<String> = []
    /// Whether there is a plan without damage.
    private(set) var hasWholePlan = false
    private var seal: RunSeal?

    init(folder: RunFolder) { self.folder = folder }

    /// - Throws: `RunReadingError` when there is no `run.json` that could be read.
    mutating func read() throws(RunReadingError) -> RunRecord {
        let run = try readRun()
        readPlan(run.planned)
        readCells()
        return run
    }

    /// Reads plan and cells even where the run's own record is lost.
    mutating func readWhatThereIs() -> RunRecord? {
        do { return try read() } catch {
            damages = error.damages
            readPlan(nil)
            readCells()
            return nil
        }
    }

    // MARK: - The run

    private mutating func readRun() throws(RunReadingError) -> RunRecord {
        func refused(_ code: RunReadingError.Code, _ detail: String) -> RunReadingError {
            RunReadingError(path: folder.path, damages: [.init(code: code, file: RunFolder.recordName, detail: detail)])
        }
        let bytes: [UInt8]?
        do { bytes = try BoundedFile.read(folder.path.appending(RunFolder.recordName), limit: RunFolder.recordLimit) } catch {
            throw refused(.unreadable, "\(error)")
        }
        guard let bytes else { throw refused(.noRun, "") }
        let run: RunRecord
        switch StoredJSON.decode(RunRecord.self, schemas: RunRecord.schema...RunRecord.schema, from: bytes) {
        case .success(let value): run = value
        case .failure(let failure): throw refused(failure.code, failure.detail)
        }
        // Runs are put in order by it, as text.
        guard run.started.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/) != nil else {
            throw refused(.unreadable, "'started' is not a time in UTC")
        }
        do { seal = try RunSeal.read(in: folder.path) } catch {
            damages.append(.init(code: .unreadable, file: RunSeal.fileName, detail: "\(error)"))
        }
        if let seal, let code = seal.doubt(RunFolder.recordName, bytes) { damages.append(.init(code: code, file: RunFolder.recordName, detail: "")) }
        return run
    }

    // MARK: - The plan

    /// - Parameter count: Of its lines, when the run says so.
    private mutating func readPlan(_ count: Int?) {
        let before = damages.count
        let lines = readLines(RunFolder.plannedName) { reader, place, planned in
            var record = planned
            if let other = reader.records[record.folderName] {
                reader.damages.append(.init(code: .misplaced, file: place, detail: "\(record.id), whose place \(other.id) already has"))
                return
            }
            // Only what a cell's own folder holds was measured.
            if let doubt = record.contradiction ?? (record.verdict == .notRun || record.verdict == .unavailable ? nil : "it has an outcome") {
                reader.damages.append(.init(code: .contradictory, file: place, detail: "\(record.id): \(doubt)"))
                record = record.doubted("\(place) is edited or damaged: \(doubt).")
            }
            reader.records[record.folderName] = record
        }
        if let count, lines != count {
            damages.append(
                .init(
                    code: .unreadable, file: RunFolder.plannedName,
                    detail: "\(lines.map { "\($0)" } ?? "none") of \(count) lines are present; cells that never ran are missing"))
        }
        hasWholePlan = lines != nil && damages.count == before
        readLines(RunFolder.elsewhereName) { reader, place, record in
            if let doubt = record.contradiction ?? (record.verdict == .notRun ? nil : "it has an outcome") {
                reader.damages.append(.init(code: .contradictory, file: place, detail: "\(record.id): \(doubt)"))
            } else {
                reader.elsewhere.append(record)
            }
        }
    }

    /// - Returns: How many lines the file has; nil when there is no such file.
    @discardableResult
    private mutating func readLines(_ name: String, _ take: (inout Self, String, CellRecord) -> Void) -> Int? {
        let bytes: [UInt8]
        do {
            // Runs of before there were plans have none.
            guard let found = try BoundedFile.read(folder.path.appending(name), limit: RunFolder.planLimit) else { return nil }
            bytes = found
        } catch {
            damages.append(.init(code: .unreadable, file: name, detail: "\(error); cells that never ran are missing"))
            return 0
        }
        if let seal, seal.doubt(name, bytes) == .altered { damages.append(.init(code: .altered, file: name, detail: "")) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        for (index, line) in lines.enumerated() {
            let place = "\(name) line \(index + 1)"
            switch StoredJSON.decode(CellRecord.self, schemas: CellRecord.readableSchemas, from: Array(line)) {
            case .failure(let failure):
                damages.append(.init(code: failure.code, file: place, detail: failure.detail))
                // A line that contradicts itself still names a cell, of which nothing is proven.
                if let known = failure.cell.flatMap({ CellRecord(folderName: $0.folderName) }), records[known.folderName] == nil, name == RunFolder.plannedName
                {
                    records[known.folderName] = known.doubted("\(place) is edited or damaged: \(failure.detail).")
                }
            case .success(var record):
                // No folder is read because a file says so.
                record.evidence = nil
                take(&self, place, record)
            }
        }
        return lines.count
    }

    // MARK: - Cells

    private mutating func readCells() {
        let cells = folder.path.appending(RunFolder.cellsName)
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: cells.string).sorted() } catch {
            names = []
            damages.append(.init(code: .unreadable, file: RunFolder.cellsName, detail: "the folder cannot be listed"))
        }
        let (planned, seal) = (records, seal)
        var without = Set(planned.keys)
        // What was read is there; the run's own record is too.
        var present: Set<String> = [RunFolder.recordName]
        for (name, reading) in zip(names, Self.concurrently(names, { CellReading($0, in: cells, planned: planned[$0], seal: seal) })) {
            if let record = reading.record { records[name] = record }
            if reading.hasVerdict, reading.record != nil, reading.damages.isEmpty { intact.insert(name) }
            if reading.hasVerdict { present.insert(RunFolder.verdictPath(name)) }
            if reading.hasVerdict { without.remove(name) } else if reading.record != nil { without.insert(name) }
            damages += reading.damages
        }
        if let seal { missing(of: seal, present, &without) }
        unfinished = CellIDOrder.sort(without.compactMap { records[$0]?.id }, by: \.self)
    }

    /// What was sealed and is not there.
    private mutating func missing(of seal: RunSeal, _ present: Set<String>, _ without: inout Set<String>) {
        for file in seal.digests.keys.filter({ !present.contains($0) }).sorted()
        where !FileManager.default.fileExists(atPath: folder.path.appending(file).string) {
            damages.append(.init(code: .missing, file: file, detail: ""))
            let parts = file.split(separator: "/").map(String.init)
            guard parts.count == 3, parts[0] == RunFolder.cellsName, parts[2] == EvidenceFile.verdict.rawValue else { continue }
            guard let known = records[parts[1]] ?? CellRecord(folderName: parts[1]) else { continue }
            records[parts[1]] = known.doubted("Its verdict.json is missing, although the run wrote it.")
            without.remove(parts[1])
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
}
