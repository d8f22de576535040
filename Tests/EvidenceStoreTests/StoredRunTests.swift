import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore

/// What is wrong with a folder is refused by those who draw conclusions from it.
@Suite("A run's folder read back")
struct StoredRunTests {
    static let verdict = "cells/micro_6.1.176-1_cloud-amd64_legacy/verdict.json"

    static func record(_ layout: CgroupLayout) throws -> CellRecord {
        let kernel = KernelIdentity(version: try KernelVersion(parsing: "6.1.176-1"), flavour: .cloud, release: "r", origin: "debian/bookworm")
        return CellRecord(
            cell: Cell(kernel: kernel, cgroup: layout), judgement: Judgement(verdict: .compatible, cause: nil, summary: "fine"),
            evidence: "/x", seconds: [.total: 3], attempts: 1)
    }

    static func run(finished: Bool = true) -> RunRecord {
        var run = RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0.1.0")
        run.finished = finished ? "2026-01-01T00:01:00Z" : nil
        return run
    }

    /// As a cell leaves its folder.
    static func store(_ record: CellRecord, in run: RunFolder) throws {
        let place = try run.cell(CellID(stored: record.id))
        try place.save(record, to: .verdict)
        try place.write(Array("{}\n".utf8), to: .fabricJournal)
    }

    /// A run with a cell in the legacy and one in the unified layout, and one that was unavailable.
    static func withRun(_ body: (FilePath) throws -> Void) throws {
        try TemporaryFolder.during { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.save(run(finished: false))
            var records = try [.legacy, .unified].map(record)
            for record in records { try store(record, in: place) }
            records.append(
                CellRecord(
                    unavailable: AskedCell(try KernelSelector(parsing: "5.15"), CellAxes(cgroup: .unified)),
                    judgement: Judgement(cause: .notOffered, summary: "nobody")))
            try place.seal(run(), records)
            try body(place.path)
        }
    }

    /// What is wrong with the run after something was done to it.
    static func damages(_ body: (FilePath) throws -> Void) throws -> [RunReadingError.Damage] {
        var found: [RunReadingError.Damage] = []
        try withRun { path in
            try body(path)
            let error = #expect(throws: RunReadingError.self) { try StoredRun.intact(at: path) }
            found = error?.damages ?? []
            #expect(error?.description.contains(path.string) == true)
        }
        return found
    }

    static func edit(_ file: FilePath, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: file.string, encoding: .utf8)
        #expect(text.contains(old))
        try text.replacing(old, with: new).write(toFile: file.string, atomically: true, encoding: .utf8)
    }

    @Test("has every cell, also the one that left no evidence, sorted by meaning")
    func whole() throws {
        try Self.withRun { path in
            let stored = try StoredRun.intact(at: path)
            #expect(stored.document.run == Self.run())
            #expect(
                stored.document.cells.map(\.id) == [
                    "micro/5.15/cloud-amd64/unified", "micro/6.1.176-1/cloud-amd64/unified", "micro/6.1.176-1/cloud-amd64/legacy",
                ])
            #expect(stored.unfinished.isEmpty)
        }
    }

    @Test("several at once come in the order they were asked for, each with its own trouble")
    func several() throws {
        try Self.withRun { path in
            let results = StoredRun.allIntact(at: [path, path.appending("nothing"), path])
            #expect(results.map { (try? $0.get())?.document.run.id } == ["r", nil, "r"])
        }
    }

    @Test("has a seal that sha256sum understands")
    func seal() throws {
        try Self.withRun { path in
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
            process.currentDirectoryURL = URL(filePath: path.string)
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    @Test(
        "of which nothing can be believed any more still shows every cell, and none of the doubtful ones as it was",
        arguments: ["altered", "missing", "unsealed"])
    func shown(kind: String) throws {
        try Self.withRun { path in
            switch kind {
            case "altered": try Self.edit(path.appending(Self.verdict), "\"fine\"", "\"finer\"")
            case "missing": try FileManager.default.removeItem(atPath: path.appending("cells/micro_6.1.176-1_cloud-amd64_legacy").string)
            default: try Self.store(Self.record(.hybrid), in: RunFolder(path: path))
            }
            let stored = try StoredRun(reading: path)
            #expect(stored.damages.map(\.code) == [kind == "altered" ? .altered : kind == "missing" ? .missing : .unsealed])
            let doubted = stored.document.cells.filter { $0.cause == .evidenceLost }
            #expect(doubted.map(\.cgroup) == [kind == "unsealed" ? .hybrid : .legacy])
            #expect(stored.document.cells.count == (kind == "unsealed" ? 4 : 3))
            #expect(stored.unfinished.isEmpty)
        }
    }

    @Test("whose plan was changed after it had ended is refused")
    func editedPlan() throws {
        try TemporaryFolder.during { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.savePlan([DoubtedRunTests.waiting(DoubtedRunTests.cell())])
            let record = try Self.record(.unified)
            try Self.store(record, in: place)
            try place.seal(Self.run(), [record])
            #expect(try StoredRun.intact(at: place.path).document.cells.map(\.verdict) == [.compatible])
            try Self.edit(place.path.appending("planned.jsonl"), "not yet", "never")
            let error = #expect(throws: RunReadingError.self) { try StoredRun.intact(at: place.path) }
            #expect(error?.damages == [.init(code: .altered, file: "planned.jsonl", detail: "")])
        }
    }

    @Test("with a verdict that was edited by hand is refused")
    func edited() throws {
        let damages = try Self.damages { try Self.edit($0.appending(Self.verdict), "\"fine\"", "\"finer\"") }
        #expect(damages == [.init(code: .altered, file: Self.verdict, detail: "")])
    }

    @Test("with an edited run.json is refused")
    func editedRun() throws {
        let damages = try Self.damages { try Self.edit($0.appending("run.json"), "0.1.0", "0.2.0") }
        #expect(damages == [.init(code: .altered, file: "run.json", detail: "")])
    }

    @Test("with a verdict taken away or put there is refused")
    func missing() throws {
        #expect(try Self.damages { try FileManager.default.removeItem(atPath: $0.appending(Self.verdict).string) }.map(\.code) == [.missing])
        let extra = try Self.damages { path in
            let record = try Self.record(.hybrid)
            try Self.store(record, in: RunFolder(path: path))
        }
        #expect(extra.map(\.code) == [.unsealed])
    }

    @Test("of a run that was cut short has what was finished, and says what was not")
    func cutShort() throws {
        try TemporaryFolder.during { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.save(Self.run(finished: false))
            let record = try Self.record(.legacy)
            try Self.store(record, in: place)
            try DurableFile.write([1], to: place.cell(CellID(stored: "micro/6.1.176-1/cloud-amd64/unified")).file(.console))
            let stored = try StoredRun.intact(at: place.path)
            #expect(stored.document.cells.map(\.verdict) == [.notRun, .compatible])
            #expect(stored.unfinished == ["micro/6.1.176-1/cloud-amd64/unified"])
            #expect(stored.document.run.finished == nil)
        }
    }

    @Test("that goes on again is not sealed any more")
    func resumed() throws {
        try Self.withRun { path in
            try RunFolder(path: path).save(Self.run(finished: false))
            try Self.edit(path.appending(Self.verdict), "\"fine\"", "\"finer\"")
            #expect(try StoredRun.intact(at: path).document.cells.contains { $0.summary == "finer" })
        }
    }

    @Test("without cells is an empty run")
    func empty() throws {
        try TemporaryFolder.during { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.seal(Self.run(), [])
            #expect(try StoredRun.intact(at: place.path).document.cells.isEmpty)
        }
    }

    @Test("that holds no run says so", arguments: ["empty", "absent"])
    func noRun(kind: String) throws {
        try TemporaryFolder.during { folder in
            let path = kind == "empty" ? folder : folder.appending("absent")
            let error = #expect(throws: RunReadingError.self) { try StoredRun.intact(at: path) }
            #expect(error?.contains(.noRun) == true)
            #expect(error?.description.contains("--out") == true)
        }
    }

    /// A run without a seal, as one of an earlier kmatrix or one that was cut short.
    static func unsealed(_ body: @escaping (FilePath) throws -> Void) throws -> [RunReadingError.Damage] {
        try damages { path in
            try FileManager.default.removeItem(atPath: path.appending(RunSeal.fileName).string)
            try body(path)
        }
    }

    @Test("of another schema is refused and says which", arguments: ["run.json", verdict])
    func schema(file: String) throws {
        let damages = try Self.unsealed { try Self.edit($0.appending(file), file == "run.json" ? "\"schema\" : 1" : "\"schema\" : 2", "\"schema\" : 9") }
        #expect(damages.map(\.code) == [.unknownSchema])
        #expect(damages.first?.detail.contains("schema 9") == true)
    }

    @Test("with a verdict that is no record is refused", arguments: ["", "{", "[]", "{\"schema\": 1}", "null", "\u{0}"])
    func malformed(text: String) throws {
        let damages = try Self.unsealed { try text.write(toFile: $0.appending(Self.verdict).string, atomically: true, encoding: .utf8) }
        #expect(damages.map(\.code) == [.unreadable])
        #expect(damages.map(\.file) == [Self.verdict])
    }

    @Test("with two records of one cell is refused")
    func duplicate() throws {
        let damages = try Self.unsealed { path in
            try FileManager.default.copyItem(
                atPath: path.appending("cells/micro_6.1.176-1_cloud-amd64_legacy").string, toPath: path.appending("cells/copy").string)
        }
        #expect(damages.map(\.code) == [.misplaced])
        #expect(damages.first?.detail == "micro/6.1.176-1/cloud-amd64/legacy")
    }

    @Test("with something else in a verdict's place does not wait for it", arguments: ["pipe", "link", "folder", "huge"])
    func special(kind: String) throws {
        let damages = try Self.unsealed { path in
            let file = path.appending(Self.verdict)
            try FileManager.default.removeItem(atPath: file.string)
            switch kind {
            case "pipe": #expect(mkfifo(file.string, 0o600) == 0)
            case "link": try FileManager.default.createSymbolicLink(atPath: file.string, withDestinationPath: "/dev/zero")
            case "folder": try FileManager.default.createDirectory(atPath: file.string, withIntermediateDirectories: false)
            default:
                let descriptor = try FileDescriptor.open(file, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
                try descriptor.closeAfter { #expect(ftruncate(descriptor.rawValue, 1 << 40) == 0) }
            }
        }
        #expect(damages.map(\.code) == [.unreadable])
    }

    @Test("with a seal that is none is refused")
    func malformedSeal() throws {
        #expect(
            try Self.damages { try "what?\n".write(toFile: $0.appending(RunSeal.fileName).string, atomically: true, encoding: .utf8) }.map(\.code) == [
                .unreadable
            ])
    }

    @Test("with many damages shows some and counts the rest")
    func many() {
        let damages = (0..<9).map { RunReadingError.Damage(code: .altered, file: "cells/\($0)/verdict.json", detail: "") }
        let text = RunReadingError(path: "/runs/r", damages: damages).description
        #expect(text.contains("cells/4/") && !text.contains("cells/5/") && text.contains("and 4 more"))
    }
}
