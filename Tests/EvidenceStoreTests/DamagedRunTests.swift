import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore

@Suite("Whatever becomes of a run's files")
struct DamagedRunTests {
    private static let journal = Array(#"{"endpoint":"imds","sequence":0}"#.utf8) + [0x0A]

    /// A run of a cell that works and two that do not, as a run writes it.
    private static func make(at path: FilePath, isSealed: Bool) throws -> [CellRecord] {
        var records: [CellRecord] = []
        for (layout, cause) in [(CgroupLayout.unified, nil), (.legacy, .attachNoCgroup2), (.hybrid, .notRedirected)] as [(CgroupLayout, Cause?)] {
            var record = DoubtedRunTests.record(try DoubtedRunTests.cell(layout), cause)
            record.journalSize = journal.count
            records.append(record)
        }
        let folder = try RunFolder.create(at: path)
        var run = RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0")
        run.planned = records.count
        try folder.save(run)
        try folder.savePlan(try [.unified, .legacy, .hybrid].map { DoubtedRunTests.waiting(try DoubtedRunTests.cell($0)) })
        for record in records {
            let place = try folder.cell(CellID(stored: record.id))
            try place.save(record, to: .verdict)
            try place.write(journal, to: .fabricJournal)
        }
        run.finished = "2026-01-01T00:01:00Z"
        if isSealed { try folder.seal(run, records) } else { try folder.save(run) }
        return records
    }

    @Test("no verdict gets better, and no other cell pays for it", arguments: fuzzSeeds(2), [true, false])
    func verdicts(seed: UInt64, isSealed: Bool) throws {
        try TemporaryFolder.during { scratch in
            let records = try Self.make(at: scratch.appending("run"), isSealed: isSealed)
            for record in records {
                let file = scratch.appending("run/\(RunFolder.verdictPath(record.folderName))")
                let whole = try Self.bytes(file)
                for bytes in DamagedSamples(of: [whole], seed: seed, count: 50) {
                    try Data(bytes).write(to: URL(filePath: file.string))
                    let cells = try StoredRun(reading: scratch.appending("run")).document.cells
                    #expect(cells.count == records.count)
                    for cell in cells {
                        let before = records.first { $0.id == cell.id }
                        if cell.id == record.id, bytes != whole {
                            // In words it may say something else, and it may say less; sealed, it says nothing any more.
                            #expect(
                                cell.verdict == .inconclusive
                                    || !isSealed && cell.verdict == before?.verdict && cell.cause == before?.cause && cell.attempts > 0,
                                "\(String(decoding: bytes, as: UTF8.self))")
                        } else if let before {
                            #expect(cell.verdict == before.verdict && cell.cause == before.cause)
                        } else {
                            // The damage is in its id.
                            #expect(cell.verdict == .inconclusive, "\(cell.id)")
                        }
                    }
                }
                try Data(whole).write(to: URL(filePath: file.string))
            }
        }
    }

    @Test("the run is refused, or no cell of it gets better", arguments: fuzzSeeds(2), [RunFolder.recordName, RunFolder.plannedName, RunSeal.fileName])
    func run(seed: UInt64, name: String) throws {
        for isSealed in [true, false] where isSealed || name != RunSeal.fileName {
            try TemporaryFolder.during { scratch in
                let records = try Self.make(at: scratch.appending("run"), isSealed: isSealed)
                let file = scratch.appending("run/\(name)")
                let whole = try Self.bytes(file)
                for bytes in DamagedSamples(of: [whole], seed: seed, count: 50) {
                    try Data(bytes).write(to: URL(filePath: file.string))
                    do {
                        let run = try StoredRun(reading: scratch.appending("run"))
                        #expect(bytes == whole ? run.damages.isEmpty : !isSealed || !run.damages.isEmpty || name == RunSeal.fileName)
                        let green = Set(run.document.cells.filter { $0.verdict == .compatible }.map(\.id))
                        #expect(green.isSubset(of: [records[0].id]))
                        // What a plan names is not forgotten because a verdict is all there is of it.
                        #expect(Set(records.map(\.id)).isSubset(of: Set(run.document.cells.map(\.id))))
                    } catch {
                        #expect(name == RunFolder.recordName && bytes != whole)
                    }
                    // Resumption reads what there is, and refuses a plan that is another.
                    if let resumption = try? RunResumption(of: RunFolder(path: scratch.appending("run")), planned: Set(records.map(\.id)), shard: nil) {
                        #expect(
                            resumption.finished.allSatisfy { finished in
                                records.contains { $0.id == finished.id && $0.verdict == finished.verdict && $0.cause == finished.cause }
                            })
                    }
                }
            }
        }
    }

    private static func bytes(_ file: FilePath) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file.string))) }
}
