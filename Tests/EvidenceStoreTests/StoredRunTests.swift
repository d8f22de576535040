import Foundation
import MatrixModel
import SystemPackage
import Testing

@testable import EvidenceStore

@Suite("A run's folder read back")
struct StoredRunTests {
    static let verdict = "cells/micro_6.1.176-1_cloud-amd64_legacy/verdict.json"

    static func record(_ layout: CgroupLayout) throws -> CellRecord {
        let kernel = KernelIdentity(version: try KernelVersion(parsing: "6.1.176-1"), flavour: .cloud, release: "r", origin: "debian/bookworm")
        return CellRecord(
            cell: Cell(kernel: kernel, cgroup: layout), judgment: Judgment(verdict: .compatible, cause: nil, summary: "fine"),
            evidence: "/x", seconds: [.total: 3], attempts: 1)
    }

    static func run(finished: Bool = true) -> RunRecord {
        var run = RunRecord(id: "r", started: "2026-01-01T00:00:00Z", harness: "0.1.0")
        run.finished = finished ? "2026-01-01T00:01:00Z" : nil
        return run
    }

    /// A run with a cell in the legacy and one in the unified layout, and one that was unavailable.
    static func withRun(_ body: (FilePath) throws -> Void) throws {
        try withScratch { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.save(run(finished: false))
            var records = try [.legacy, .unified].map(record)
            for record in records { try place.cell(CellID(stored: record.id)).save(record, to: .verdict) }
            records.append(
                CellRecord(unavailable: try KernelSelector(parsing: "5.15"), layout: .unified, bpf: nil, judgment: Judgment(cause: .notOffered, summary: "nobody")))
            try place.seal(run(), records)
            try body(place.path)
        }
    }

    /// What is wrong with the run after something was done to it.
    static func damages(_ body: (FilePath) throws -> Void) throws -> [RunReadingError.Damage] {
        var found: [RunReadingError.Damage] = []
        try withRun { path in
            try body(path)
            let error = #expect(throws: RunReadingError.self) { try StoredRun<CellRecord>.read(at: path) }
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
            let stored = try StoredRun<CellRecord>.read(at: path)
            #expect(stored.run == Self.run())
            #expect(stored.cells.map(\.id) == ["micro/5.15/cloud-amd64/unified", "micro/6.1.176-1/cloud-amd64/unified", "micro/6.1.176-1/cloud-amd64/legacy"])
            #expect(stored.unfinished.isEmpty)
        }
    }

    @Test("several at once come in the order they were asked for, each with its own trouble")
    func several() throws {
        try Self.withRun { path in
            let results = StoredRun<CellOutcome>.readAll([path, path.appending("nothing"), path])
            #expect(results.map { (try? $0.get())?.run.id } == ["r", nil, "r"])
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
            try RunFolder(path: path).cell(CellID(stored: record.id)).save(record, to: .verdict)
        }
        #expect(extra.map(\.code) == [.unsealed])
    }

    @Test("of a run that was cut short has what was finished, and says what was not")
    func cutShort() throws {
        try withScratch { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.save(Self.run(finished: false))
            let record = try Self.record(.legacy)
            try place.cell(CellID(stored: record.id)).save(record, to: .verdict)
            try DurableFile.write([1], to: place.cell(CellID(stored: "micro/6.1.176-1/cloud-amd64/unified")).file(.console))
            let stored = try StoredRun<CellRecord>.read(at: place.path)
            #expect(stored.cells == [record])
            #expect(stored.unfinished == ["micro_6.1.176-1_cloud-amd64_unified"])
            #expect(stored.run.finished == nil)
        }
    }

    @Test("that goes on again is not sealed any more")
    func resumed() throws {
        try Self.withRun { path in
            try RunFolder(path: path).save(Self.run(finished: false))
            try Self.edit(path.appending(Self.verdict), "\"fine\"", "\"finer\"")
            #expect(try StoredRun<CellRecord>.read(at: path).cells.contains { $0.summary == "finer" })
        }
    }

    @Test("without cells is an empty run")
    func empty() throws {
        try withScratch { folder in
            let place = try RunFolder.create(at: folder.appending("run"))
            try place.seal(Self.run(), [])
            #expect(try StoredRun<CellRecord>.read(at: place.path).cells.isEmpty)
        }
    }

    @Test("that holds no run says so", arguments: ["empty", "absent"])
    func noRun(kind: String) throws {
        try withScratch { folder in
            let path = kind == "empty" ? folder : folder.appending("absent")
            let error = #expect(throws: RunReadingError.self) { try StoredRun<CellRecord>.read(at: path) }
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
        let damages = try Self.unsealed { try Self.edit($0.appending(file), "\"schema\" : 1", "\"schema\" : 2") }
        #expect(damages.map(\.code) == [.unknownSchema])
        #expect(damages.first?.detail.contains("schema 2") == true)
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
        #expect(try Self.damages { try "what?\n".write(toFile: $0.appending(RunSeal.fileName).string, atomically: true, encoding: .utf8) }.map(\.code) == [.unreadable])
    }

    @Test("with many damages shows some and counts the rest")
    func many() {
        let damages = (0..<9).map { RunReadingError.Damage(code: .altered, file: "cells/\($0)/verdict.json", detail: "") }
        let text = RunReadingError(path: "/runs/r", damages: damages).description
        #expect(text.contains("cells/4/") && !text.contains("cells/5/") && text.contains("and 4 more"))
    }
}
