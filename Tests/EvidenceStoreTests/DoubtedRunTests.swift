import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore

/// What is wrong with a folder costs the cell it is about, and no other.
@Suite("A run read without trust")
struct DoubtedRunTests {
    static func cell(_ layout: CgroupLayout = .unified, version: String = "6.1.176-1", bpf: String? = nil) throws -> Cell {
        let kernel = KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: "6.1.0-50-cloud-amd64", origin: "debian/bookworm")
        return Cell(kernel: kernel, cgroup: layout, bpf: bpf)
    }

    static func record(_ cell: Cell, _ cause: Cause? = nil, evidence: String? = "/elsewhere") -> CellRecord {
        let judgement = cause.map { Judgement(cause: $0, summary: "why") } ?? Judgement(verdict: .compatible, cause: nil, summary: "fine")
        return CellRecord(cell: cell, judgement: judgement, evidence: evidence, seconds: [:], attempts: 1)
    }

    static func waiting(_ cell: Cell) -> CellRecord {
        CellRecord(cell: cell, judgement: Judgement(verdict: .notRun, cause: nil, summary: "not yet"), evidence: nil, seconds: [:], attempts: 0)
    }

    /// A run with cells that work; what is done to it, and how it then reads.
    static func read(_ cells: [Cell], planned: [CellRecord] = [], after change: (RunFolder) throws -> Void = { _ in }) throws -> StoredRun {
        var read: StoredRun?
        try TemporaryFolder.during { scratch in
            let folder = try RunFolder.create(at: scratch.appending("run"))
            try folder.save(RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0"))
            try folder.savePlan(planned)
            for cell in cells {
                let place = try folder.cell(cell.id)
                try place.save(record(cell), to: .verdict)
                try place.write(Array("{}\n".utf8), to: .fabricJournal)
            }
            try change(folder)
            read = try StoredRun(reading: folder.path)
        }
        return try #require(read)
    }

    static func edit(_ folder: RunFolder, _ cell: Cell, _ change: (inout CellRecord) -> Void) throws {
        var record = record(cell)
        change(&record)
        try folder.cell(cell.id).save(record, to: .verdict)
    }

    static func editText(_ folder: RunFolder, _ cell: Cell, _ change: (String) -> String) throws {
        let place = try folder.cell(cell.id)
        try place.write(Array(change(String(contentsOfFile: place.file(.verdict).string, encoding: .utf8)).utf8), to: .verdict)
    }

    @Test("a whole record with its evidence is believed, and its evidence is where the folder is now")
    func whole() throws {
        let run = try Self.read([try Self.cell()])
        #expect(run.document.cells.map(\.verdict) == [.compatible])
        #expect(run.document.cells[0].evidence?.hasSuffix("run/cells/micro_6.1.176-1_cloud-amd64_unified") == true)
        #expect(run.published.cells[0].evidence == "cells/micro_6.1.176-1_cloud-amd64_unified")
        #expect(run.troubles.isEmpty)
    }

    @Test("a planned cell without a record is not run")
    func planned() throws {
        let run = try Self.read([try Self.cell()], planned: [Self.waiting(try Self.cell()), Self.waiting(try Self.cell(.legacy))])
        #expect(run.document.cells.map(\.verdict) == [.compatible, .notRun])
    }

    @Test("a half-written folder is not run, planned or not", arguments: [true, false])
    func halfWritten(isPlanned: Bool) throws {
        let cell = try Self.cell(bpf: "loop_lookup")
        let run = try Self.read([], planned: isPlanned ? [Self.waiting(cell)] : []) { folder in try folder.cell(cell.id).write([1], to: .console) }
        #expect(run.document.cells.map(\.verdict) == [.notRun])
        #expect(run.document.cells.map(\.id) == [cell.id.text])
        #expect(run.document.cells[0].evidence != nil)
    }

    @Test("an empty run has no cells")
    func empty() throws {
        let run = try Self.read([])
        #expect(run.document.cells.isEmpty && run.troubles.isEmpty)
    }

    @Test("a verdict of another schema, cut off, or of no bytes is inconclusive and never green", arguments: ["schema", "cut", "empty", "text", "huge"])
    func unreadable(kind: String) throws {
        let cell = try Self.cell()
        let run = try Self.read([cell]) { folder in
            let place = try folder.cell(cell.id)
            var text = String(decoding: try RunFolder.encoder().encode(Self.record(cell)), as: UTF8.self)
            switch kind {
            case "schema": text = text.replacing("\"schema\" : 2", with: "\"schema\" : 9")
            case "cut": text = String(text.prefix(text.count / 2))
            case "text": text = "hello"
            case "huge": text += String(repeating: " ", count: RunFolder.recordLimit)
            default: text = ""
            }
            try place.write(Array(text.utf8), to: .verdict)
        }
        #expect(run.document.cells.map(\.verdict) == [.inconclusive])
        #expect(run.document.cells.map(\.cause) == [.evidenceLost])
        #expect(run.troubles.count == 1, "\(run.troubles)")
        if kind == "schema" { #expect(run.troubles[0].contains("schema 9"), "\(run.troubles)") }
    }

    @Test("an edited verdict is inconclusive", arguments: ["green", "cause", "fault", "axes", "series", "attempts", "degraded", "id"])
    func edited(kind: String) throws {
        let cell = try Self.cell(.legacy)
        let run = try Self.read([cell]) { folder in
            try Self.edit(folder, cell) { record in
                record = Self.record(cell, .attachNoCgroup2)
                switch kind {
                case "green": record.verdict = .compatible
                case "cause": record.cause = .timeout
                case "fault": record.fault = .harness
                case "attempts":
                    record = Self.record(cell)
                    record.attempts = 0
                case "degraded":
                    record.verdict = .degraded
                    record.cause = nil
                    record.fault = nil
                default: break
                }
            }
            // What no record of ours can say.
            try Self.editText(folder, cell) { text in
                switch kind {
                case "axes": text.replacing("\"kernel\" : \"6.1.176-1\"", with: "\"kernel\" : \"6.1.177-1\"")
                case "series": text.replacing("\"series\" : \"6.1\"", with: "\"series\" : \"6.12\"")
                case "id": text.replacing("/legacy\"", with: "_legacy\"")
                default: text
                }
            }
        }
        #expect(run.document.cells.map(\.verdict) == [.inconclusive], "\(run.document.cells)")
        #expect(run.troubles.count == 1)
    }

    @Test("a cell is not compatible without the platform's journal", arguments: ["absent", "empty", "link"])
    func journal(kind: String) throws {
        let cell = try Self.cell()
        let run = try Self.read([cell]) { folder in
            let journal = try folder.cell(cell.id).file(.fabricJournal)
            try FileManager.default.removeItem(atPath: journal.string)
            if kind == "empty" { try DurableFile.write([], to: journal) }
            if kind == "link" { try FileManager.default.createSymbolicLink(atPath: journal.string, withDestinationPath: "/etc/passwd") }
        }
        #expect(run.document.cells.map(\.verdict) == [.inconclusive])
    }

    @Test("a copied folder does not make a cell green a second time")
    func copied() throws {
        let (good, bad) = (try Self.cell(), try Self.cell(.legacy))
        let run = try Self.read([good]) { folder in
            let cells = folder.path.appending("cells")
            try FileManager.default.copyItem(atPath: cells.appending(good.id.folderName).string, toPath: cells.appending(bad.id.folderName).string)
        }
        #expect(run.document.cells.map(\.verdict) == [.compatible, .inconclusive])
        #expect(run.troubles.count == 1 && run.troubles[0].contains("another cell"))
    }

    @Test("a plan cannot make anything green, and names each cell once")
    func plan() throws {
        let cell = try Self.cell()
        let run = try Self.read([], planned: [Self.record(cell), Self.waiting(cell)])
        #expect(run.document.cells.map(\.verdict) == [.inconclusive])
        #expect(run.document.cells[0].evidence == nil)
        #expect(run.troubles.count == 2, "\(run.troubles)")
    }

    @Test("a line of the plan whose axes contradict its id still names a cell, of which nothing is proven")
    func contradictoryPlan() throws {
        let (good, bad) = (try Self.cell(), try Self.cell(.legacy))
        let run = try Self.read([good], planned: [Self.waiting(good), Self.waiting(bad)]) { folder in
            let plan = folder.path.appending(RunFolder.plannedName)
            let lines = try String(contentsOfFile: plan.string, encoding: .utf8).split(separator: "\n").map(String.init)
            let edited = lines.map { $0.contains("/legacy") ? $0.replacing("6.1.176-1\"", with: "6.1.177-1\"") : $0 }
            #expect(edited != lines)
            try DurableFile.write(Array((edited.joined(separator: "\n") + "\n").utf8), to: plan)
        }
        #expect(run.document.cells.map(\.id) == [good.id.text, bad.id.text])
        #expect(run.document.cells.map(\.verdict) == [.compatible, .inconclusive])
        #expect(run.troubles.contains { $0.contains("its axes are not those of its id") }, "\(run.troubles)")
    }

    @Test("what is no cell's folder is said and not shown")
    func foreign() throws {
        let run = try Self.read([try Self.cell()]) { folder in
            let cells = folder.path.appending("cells")
            try DurableFile.makeFolder(cells.appending("notes"))
            try DurableFile.write([1], to: cells.appending("file"))
            try FileManager.default.createSymbolicLink(atPath: cells.appending("link").string, withDestinationPath: "/")
        }
        #expect(run.document.cells.count == 1)
        #expect(run.troubles.count == 3, "\(run.troubles)")
    }

    @Test(
        "a folder that is no readable run is an error that says why",
        arguments: [(nil, RunReadingError.Code.noRun), ("{", .unreadable), (#"{"schema":99,"id":5}"#, .unknownSchema), ("{}", .unreadable)]
            as [(String?, RunReadingError.Code)])
    func noRun(text: String?, code: RunReadingError.Code) throws {
        try TemporaryFolder.during { folder in
            if let text { try DurableFile.write(Array(text.utf8), to: folder.appending("run.json")) }
            let error = #expect(throws: RunReadingError.self) { try StoredRun(reading: folder) }
            #expect(error?.contains(code) == true)
            #expect(error.map { "\($0)".contains(folder.string) } == true)
        }
    }

    @Test(
        "the name of a folder tells its cell, or nothing",
        arguments: [
            "micro_6.1.1-1_cloud-amd64_unified", "debian-12_6.1.1-1_amd64_legacy_profile=x_bpf=a_b",
            "micro_5.14.0-427.13.1.el9_4_default_unified_origin=alma-9_bpf=a",
        ])
    func names(name: String) {
        #expect(CellRecord(folderName: name)?.folderName == name)
        #expect(CellRecord(folderName: name + "_") == nil || CellRecord(folderName: name + "_")?.folderName == name + "_")
        #expect(CellRecord(folderName: "x" + name.replacing("_", with: "")) == nil)
    }
}
