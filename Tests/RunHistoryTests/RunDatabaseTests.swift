import EvidenceStore
import Foundation
import GRDB
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import RunHistory

@Suite("The history")
struct RunDatabaseTests {
    @Test("gives back what a run concluded, also after it was closed")
    func roundTrip() throws {
        try TemporaryFolder.during { folder in
            let path = folder.appending("below/history.sqlite")
            let cells = [
                Samples.cell("a"), Samples.cell("b", .incompatible, .verifierRejected, attempts: 2, summary: "refused"),
                Samples.cell("c", .unavailable, .notOffered),
            ]
            try RunDatabase(at: path).record(Samples.run(1), cells, folder: "/runs/1")
            let database = try RunDatabase(at: path)
            let run = try #require(try database.runs().first)
            #expect(run.id == "night-1" && run.started == "2026-01-01T00:00:00Z" && run.folder == "/runs/1" && run.accelerator == "tcg")
            #expect(run.verdicts == [.compatible: 1, .incompatible: 1, .unavailable: 1])
            #expect(run.retried == 1)
            #expect(Set(try database.outcomes(of: run)) == Set(cells))
        }
    }

    @Test("takes the same run again without a change, and a run that went on in place of what it was")
    func idempotent() throws {
        try Samples.withDatabase { database in
            var early = Samples.run(1)
            early.finished = nil
            let later = [Samples.cell("a"), Samples.cell("b", .degraded)]
            let recordings = [
                try database.record(early, [Samples.cell("a"), Samples.cell("gone")], folder: nil),
                try database.record(early, [Samples.cell("gone"), Samples.cell("a")], folder: nil),
                try database.record(Samples.run(1), later, folder: nil), try database.record(Samples.run(1), later, folder: nil),
            ]
            #expect(recordings == [.added, .unchanged, .updated, .unchanged])
            #expect(try database.runs().map(\.cells) == [2])
            #expect(try database.cells().map(\.id) == ["a", "b"])
        }
    }

    @Test("keeps nothing of a run that it could not take whole")
    func atomic() throws {
        try Samples.withDatabase { database in
            try database.record(Samples.run(1), [Samples.cell("a")], folder: nil)
            #expect(throws: HistoryError.self) { try database.record(Samples.run(2), [Samples.cell("a"), Samples.cell("a")], folder: nil) }
            #expect(try database.runs().map(\.id) == ["night-1"])
        }
    }

    @Test("keeps the words of equal conclusions once")
    func words() throws {
        try Samples.withDatabase { database in
            for day in 1...5 { try database.record(Samples.run(day), [Samples.cell("a"), Samples.cell("b")], folder: nil) }
            #expect(try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM conclusion") } == 1)
        }
    }

    @Test("lists runs by when they started, whenever they were recorded")
    func order() throws {
        try Samples.withDatabase { database in
            for day in [3, 1, 2] { try database.record(Samples.run(day), [], folder: nil) }
            #expect(try database.runs().map(\.id) == ["night-1", "night-2", "night-3"])
            #expect(try database.runs(since: "2026-01-02").map(\.id) == ["night-2", "night-3"])
        }
    }

    @Test("finds a run by its id, by the beginning of it, and the last ones by name")
    func names() throws {
        try Samples.withDatabase { database in
            for day in [1, 2, 12] { try database.record(Samples.run(day), [], folder: nil) }
            #expect(try database.run(named: "night-1").id == "night-1")
            #expect(try database.run(named: "night-12").id == "night-12")
            #expect(try database.run(named: "latest").id == "night-12")
            #expect(try database.run(named: "previous").id == "night-2")
            #expect(#expect(throws: HistoryError.self) { try database.run(named: "night") }?.code == .ambiguousRun)
            for name in ["", "x", "%", "night-3"] { #expect(#expect(throws: HistoryError.self) { try database.run(named: name) }?.code == .unknownRun) }
        }
    }

    @Test("writes durably, ahead in a log, and gives space back")
    func settings() throws {
        try Samples.withDatabase { database in
            let values = try database.read { db in
                try ["journal_mode", "synchronous", "auto_vacuum", "foreign_keys"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
            }
            // 2 is FULL, and INCREMENTAL.
            #expect(values == ["wal", "2", "2", "1"])
        }
    }
}

@Suite("The history's tables")
struct MigrationTests {
    @Test("keep what each proof came to, by which cells are listed over time")
    func proofs() throws {
        try Samples.withDatabase { database in
            for (day, state) in [(1, ProofState.pass), (2, .pass), (3, .fail)] {
                var cell = Samples.cell("a", .degraded, .dualStackNotRedirected)
                cell.proofs = [.dualStack: .fail, .burst: state, ProofID(rawValue: "of/tomorrow"): .pass]
                cell.failsOnlyAsKnown = day < 3
                try database.record(Samples.run(day), [cell, Samples.cell("without")], folder: nil)
            }
            let histories = try database.cells(proof: .burst)
            #expect(histories.map(\.id) == ["a"])
            #expect(histories.first?.streaks.map(\.proof) == [.pass, .fail])
            #expect(histories.first?.streaks.map(\.runs) == [2, 1])
            #expect(try database.cells().first { $0.id == "a" }?.streaks.count == 1)
            let stored = try #require(try database.outcomes(of: database.run(named: "previous")).first { $0.id == "a" })
            #expect(stored.proofs[.burst] == .pass && stored.proofs[ProofID(rawValue: "of/tomorrow")] == .pass && stored.failsOnlyAsKnown)
        }
    }

    @Test("come about by migrations that are never changed once released: this list only grows")
    func names() {
        #expect(
            Migrations.all.migrations == [
                "1 runs, cells and what was concluded", "2 what cells took and were made of", "3 what each proof came to", "4 how many clients a burst had",
            ])
    }

    @Test("of a later kmatrix are refused, and left as they are")
    func newer() throws {
        try TemporaryFolder.during { folder in
            let path = folder.appending("history.sqlite")
            try RunDatabase(at: path).write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 something of tomorrow')") }
            let error = #expect(throws: HistoryError.self) { try RunDatabase(at: path) }
            #expect(error?.code == .newer)
            #expect(error?.description.contains("9 something of tomorrow") == true && error?.description.contains("--history") == true)
        }
    }

    @Test(
        "are looked for in a database only",
        arguments: ["a text file that is longer than the hundred bytes of a database's header, so that it is looked at and found to be none", "short"])
    func noDatabase(text: String) throws {
        try TemporaryFolder.during { folder in
            let path = folder.appending("history.sqlite")
            try text.write(toFile: path.string, atomically: true, encoding: .utf8)
            #expect(#expect(throws: HistoryError.self) { try RunDatabase(at: path) }?.code == .noDatabase)
            #expect(try String(contentsOfFile: path.string, encoding: .utf8) == text)
        }
    }

    @Test("cannot be made where nothing can be written")
    func unwritable() throws {
        #expect(throws: (any Error).self) { try RunDatabase(at: "/proc/kmatrix/history.sqlite") }
        try TemporaryFolder.during { folder in
            try FileManager.default.createDirectory(atPath: folder.appending("history.sqlite").string, withIntermediateDirectories: false)
            #expect(#expect(throws: HistoryError.self) { try RunDatabase(at: folder.appending("history.sqlite")) }?.code == .unwritable)
        }
    }

    @Test("that hold a verdict nobody knows are damaged")
    func damaged() throws {
        try Samples.withDatabase { database in
            try database.record(Samples.run(1), [Samples.cell("a")], folder: nil)
            try database.write { try $0.execute(sql: "UPDATE conclusion SET verdict = 'green'") }
            #expect(#expect(throws: HistoryError.self) { try database.cells() }?.code == .damaged)
        }
    }

    @Test("that take no more say that space is missing")
    func full() throws {
        try Samples.withDatabase { database in
            try database.queue.inDatabase { db in
                let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                try db.execute(sql: "PRAGMA max_page_count = \(pages + 1)")
            }
            let cells = (0..<5000).map { Samples.cell("cell-\($0)") }
            let error = #expect(throws: HistoryError.self) { try database.record(Samples.run(1), cells, folder: nil) }
            #expect(error?.code == .noSpace)
            #expect(error?.description.contains("no space left") == true)
            #expect(try database.runs().isEmpty)
        }
    }
}
