import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import EvidenceStore

@Suite("Merged runs")
struct RunMergeTests {
    static func planned(_ layouts: [CgroupLayout]) throws -> [CellRecord] { try layouts.map { DoubtedRunTests.waiting(try DoubtedRunTests.cell($0)) } }

    /// A part of a run: what it ran, and what others have.
    @discardableResult
    static func part(
        _ shard: String?, id: String, day: Int = 1, _ outcomes: [CgroupLayout: Cause?], elsewhere: [CgroupLayout] = [], unfinished: [CgroupLayout] = [],
        at path: FilePath
    ) throws -> FilePath {
        let folder = try RunFolder.create(at: path)
        var run = RunRecord(id: id, started: "2026-01-0\(day)T00:00:00Z", harness: "0.1.0")
        run.shard = try shard.map { try Shard(parsing: $0) }
        run.accelerator = "tcg"
        try folder.save(run)
        try folder.savePlan(planned(outcomes.keys.sorted() + unfinished), elsewhere: planned(elsewhere))
        var records: [CellRecord] = []
        for (layout, cause) in outcomes {
            let place = try folder.cell(DoubtedRunTests.cell(layout).id)
            let record = DoubtedRunTests.record(try DoubtedRunTests.cell(layout), cause, evidence: place.path.string)
            try place.save(record, to: .verdict)
            try place.write(Array("\(id)\n".utf8), to: .fabricJournal)
            records.append(record)
        }
        guard unfinished.isEmpty else { return path }
        run.finished = "2026-01-0\(day)T00:10:00Z"
        try folder.seal(run, records)
        return path
    }

    static func merge(_ paths: [FilePath]) throws -> RunMerge { try RunMerge(paths.map { try StoredRun.intact(at: $0) }) }

    /// Every file below a folder with its bytes, the folder's own path left out of them.
    static func files(_ path: FilePath) throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try #require(FileManager.default.enumerator(atPath: path.string)).compactMap({ $0 as? String }) {
            guard let data = FileManager.default.contents(atPath: path.appending(name).string) else { continue }
            found[name] = String(decoding: data, as: UTF8.self)
        }
        return found
    }

    @Test("have the cells of all parts, their evidence, and a seal")
    func whole() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part("1/2", id: "a", [.unified: nil], elsewhere: [.legacy], at: scratch.appending("a"))
            let two = try Self.part("2/2", id: "b", [.legacy: .attachNoCgroup2], elsewhere: [.unified], at: scratch.appending("b"))
            let merge = try Self.merge([one, two])
            #expect(merge.conflicts.isEmpty && merge.missing.isEmpty && merge.remarks.isEmpty, "\(merge.remarks)")
            let out = scratch.appending("out")
            try merge.write(to: out)
            let stored = try StoredRun.intact(at: out)
            #expect(stored.document.cells.map(\.verdict) == [.compatible, .incompatible])
            #expect(stored.document.run.merged == ["a", "b"] && stored.document.run.shard == nil && stored.document.run.finished == "2026-01-01T00:10:00Z")
            #expect(stored.damages.isEmpty && stored.unfinished.isEmpty)
            #expect(try Self.files(out)["cells/micro_6.1.176-1_cloud-amd64_legacy/fabric.jsonl"] == "b\n")
        }
    }

    @Test("are the same bytes however often and in whatever order they are merged")
    func idempotent() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part("1/2", id: "a", [.unified: nil, .hybrid: .verifierRejected], elsewhere: [.legacy], at: scratch.appending("a"))
            let two = try Self.part("2/2", id: "b", day: 2, [.legacy: .attachNoCgroup2], elsewhere: [.unified, .hybrid], at: scratch.appending("b"))
            let out = scratch.appending("out")
            try Self.merge([one, two]).write(to: out)
            let first = try Self.files(out)
            for again in [[one, two], [two, one], [two, one, two], [out, one, two], [out]] {
                try Self.merge(again).write(to: out)
                #expect(try Self.files(out) == first)
            }
            #expect(!FileManager.default.fileExists(atPath: out.string + ".part"))
        }
    }

    @Test("say which cells a missing part had, and these are not run")
    func missing() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part("1/3", id: "a", [.unified: nil], elsewhere: [.legacy, .hybrid], at: scratch.appending("a"))
            let two = try Self.part("2/3", id: "b", [.legacy: nil], elsewhere: [.unified, .hybrid], at: scratch.appending("b"))
            let merge = try Self.merge([one, two])
            #expect(merge.missing == ["micro/6.1.176-1/cloud-amd64/hybrid"])
            #expect(merge.remarks.contains { $0.contains("part 3 of 3 is missing") }, "\(merge.remarks)")
            try merge.write(to: scratch.appending("out"))
            let stored = try StoredRun.intact(at: scratch.appending("out"))
            #expect(stored.document.cells.map(\.verdict) == [.compatible, .notRun, .compatible])
        }
    }

    @Test("with a run that was cut short have what it finished, and not-run yields to what another one finished")
    func cutShort() throws {
        try TemporaryFolder.during { scratch in
            let killed = try Self.part("1/2", id: "a", [.unified: nil], elsewhere: [.legacy], unfinished: [.hybrid], at: scratch.appending("a"))
            let two = try Self.part("2/2", id: "b", [.legacy: nil], elsewhere: [.unified, .hybrid], at: scratch.appending("b"))
            let merge = try Self.merge([killed, two])
            #expect(merge.missing == ["micro/6.1.176-1/cloud-amd64/hybrid"])
            #expect(merge.remarks.contains { $0.contains("--resume") })
            let again = try Self.part("1/2", id: "c", day: 2, [.unified: nil, .hybrid: nil], elsewhere: [.legacy], at: scratch.appending("c"))
            let better = try Self.merge([killed, two, again])
            #expect(better.missing.isEmpty && better.conflicts.isEmpty)
            #expect(better.remarks.contains { $0.contains("part 1 was given 2 times") })
        }
    }

    @Test("that disagree prove nothing of the cell, and what each has stays", arguments: [Cause.verifierRejected, .timeout, .fetchFailed])
    func conflict(cause: Cause) throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part("1/1", id: "a", [.unified: nil], at: scratch.appending("a"))
            let two = try Self.part("1/1", id: "b", day: 2, [.unified: cause], at: scratch.appending("b"))
            for order in [[one, two], [two, one]] {
                let merge = try Self.merge(order)
                #expect(merge.conflicts.map(\.id) == ["micro/6.1.176-1/cloud-amd64/unified"])
                #expect(merge.conflicts[0].sides.map(\.run) == ["a", "b"] && merge.conflicts[0].sides.map(\.cause) == [nil, cause])
                let out = scratch.appending("out")
                try merge.write(to: out)
                let cell = try #require(try StoredRun.intact(at: out).document.cells.first)
                #expect(cell.verdict == .inconclusive && cell.summary.contains("compatible in run a") && cell.summary.contains("\(cause.rawValue) in run b"))
                let files = try Self.files(out)
                #expect(
                    files["cells/\(cell.folderName)/disagreeing-1/fabric.jsonl"] == "a\n"
                        && files["cells/\(cell.folderName)/disagreeing-2/fabric.jsonl"] == "b\n")
                #expect(files["cells/\(cell.folderName)/disagreeing-2/verdict.json"]?.contains(cause.rawValue) == true)
            }
        }
    }

    @Test("never take the place of what was measured, and need no folder that is there")
    func occupied() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part(nil, id: "a", [.unified: nil], at: scratch.appending("a"))
            let merge = try Self.merge([one])
            let other = try Self.part(nil, id: "b", [.legacy: nil], at: scratch.appending("b"))
            try DurableFile.makeFolder(scratch.appending("things/here"))
            for place in [other, one, scratch.appending("things")] {
                let before = try Self.files(place)
                let error = #expect(throws: RunMergeError.self) { try merge.write(to: place) }
                #expect(error?.code == .occupied)
                #expect(try Self.files(place) == before)
            }
            try DurableFile.makeFolder(scratch.appending("empty"))
            try merge.write(to: scratch.appending("empty"))
            #expect(try StoredRun.intact(at: scratch.appending("empty")).document.cells.count == 1)
        }
    }

    @Test("are of one division only")
    func division() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part("1/2", id: "a", [.unified: nil], at: scratch.appending("a"))
            let two = try Self.part("2/3", id: "b", [.legacy: nil], at: scratch.appending("b"))
            #expect(throws: RunMergeError.self) { try Self.merge([one, two]) }
            let error = #expect(throws: RunMergeError.self) { try RunMerge([]) }
            #expect(error?.code == .nothing)
        }
    }

    @Test("of plans that differ say so")
    func plans() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part("1/2", id: "a", [.unified: nil], elsewhere: [.legacy], at: scratch.appending("a"))
            let two = try Self.part("2/2", id: "b", [.legacy: nil], elsewhere: [.hybrid], at: scratch.appending("b"))
            let merge = try Self.merge([one, two])
            #expect(merge.remarks.contains { $0.contains("different plans") })
            #expect(merge.missing == ["micro/6.1.176-1/cloud-amd64/hybrid"])
        }
    }

    @Test("carry no link, pipe or foreign file of a cell's folder along")
    func foreign() throws {
        try TemporaryFolder.during { scratch in
            let one = try Self.part(nil, id: "a", [.unified: nil], at: scratch.appending("a"))
            let cell = one.appending("cells/micro_6.1.176-1_cloud-amd64_unified")
            try FileManager.default.createSymbolicLink(atPath: cell.appending("console.log").string, withDestinationPath: "/etc/passwd")
            try FileManager.default.createSymbolicLink(atPath: cell.appending("attempt-1").string, withDestinationPath: "/etc")
            #expect(mkfifo(cell.appending("agent.log").string, 0o600) == 0)
            try DurableFile.write([1], to: cell.appending("strange"))
            try Self.merge([one]).write(to: scratch.appending("out"))
            let files = try Self.files(scratch.appending("out"))
            #expect(
                files.keys.filter { $0.hasPrefix("cells/") && $0.split(separator: "/").count > 2 }.map { $0.split(separator: "/")[2] }.sorted() == [
                    "fabric.jsonl", "verdict.json",
                ])
        }
    }
}
