import EvidenceStore
import GRDB
import MatrixModel
import Testing

@testable import RunHistory

@Suite("A cell over time")
struct CellHistoryTests {
    /// Three good nights, two bad ones of which one needed a retry, one that proved nothing, and a good one; recorded out of order.
    static func withNights(_ body: (RunDatabase) throws -> Void) throws {
        let outcomes: [(Verdict, Cause?, Int)] = [
            (.compatible, nil, 1), (.compatible, nil, 1), (.compatible, nil, 1), (.incompatible, .verifierRejected, 1), (.incompatible, .verifierRejected, 2),
            (.inconclusive, .emulatorHang, 3), (.compatible, nil, 1),
        ]
        try Samples.withDatabase { database in
            for (index, outcome) in outcomes.enumerated().reversed() {
                let cells = [
                    Samples.cell("micro/6.1.1-1/cloud-amd64/unified", outcome.0, outcome.1, attempts: outcome.2),
                    Samples.cell("micro/6.1.1-1/cloud-amd64/legacy", .incompatible, .attachNoCgroup2),
                    Samples.cell("micro/5.9.1-1/cloud-amd64/legacy", .notRun),
                ]
                try database.record(Samples.run(index + 1), cells, folder: nil)
            }
            try body(database)
        }
    }

    @Test("is told in stretches of runs that concluded the same, oldest first")
    func streaks() throws {
        try Self.withNights { database in
            let cell = try #require(try database.cells(matching: CellPattern(parsing: "*/unified")).first)
            #expect(cell.streaks.map(\.verdict) == [.compatible, .incompatible, .inconclusive, .compatible])
            #expect(cell.streaks.map(\.runs) == [3, 2, 1, 1])
            #expect(cell.streaks.map(\.since) == ["2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z", "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z"])
            #expect(cell.streaks.map(\.lastRun) == ["night-3", "night-5", "night-6", "night-7"])
        }
    }

    @Test("begins a new stretch where its burst changed its size, and none where the large burst was not recorded yet")
    func bursts() throws {
        try Samples.withDatabase { database in
            for (night, burst) in [nil, 200, 16, 16].enumerated() {
                var cell = Samples.cell("micro/6.1.1-1/cloud-amd64/hybrid")
                cell.proofs = [.burst: .pass]
                cell.burst = burst
                try database.record(Samples.run(night + 1), [cell], folder: nil)
            }
            let cell = try #require(try database.cells().first)
            #expect(cell.streaks.map(\.burst) == [200, 16] && cell.streaks.map(\.runs) == [2, 2])
            #expect(try database.outcomes(of: database.run(named: "latest")).map(\.burst) == [16])
        }
    }

    @Test("has a flake for each run that needed a retry or proved nothing")
    func flakes() throws {
        try Self.withNights { database in
            let cells = try database.cells()
            let unified = try #require(cells.first { $0.id.hasSuffix("6.1.1-1/cloud-amd64/unified") })
            #expect(unified.tried == 7 && unified.flaky == 2)
            #expect(unified.flakeRate == 2.0 / 7)
            let never = try #require(cells.first { $0.id.hasPrefix("micro/5.9") })
            #expect(never.tried == 0 && never.flakeRate == nil)
        }
    }

    @Test("is found by pattern, cause and day, and sorted by meaning")
    func filters() throws {
        try Self.withNights { database in
            #expect(
                try database.cells().map(\.id) == ["micro/5.9.1-1/cloud-amd64/legacy", "micro/6.1.1-1/cloud-amd64/unified", "micro/6.1.1-1/cloud-amd64/legacy"])
            #expect(try database.cells(matching: CellPattern(parsing: "*/legacy")).count == 2)
            let rejected = try database.cells(cause: .verifierRejected)
            #expect(rejected.map(\.id) == ["micro/6.1.1-1/cloud-amd64/unified"])
            #expect(rejected.first?.streaks.map(\.runs) == [2])
            #expect(rejected.first?.tried == 7)
            #expect(try database.cells(cause: .verifierRejected, since: "2026-01-06").isEmpty)
            #expect(try database.cells(matching: CellPattern(parsing: "*/unified"), since: "2026-01-05").first?.streaks.map(\.runs) == [1, 1, 1])
        }
    }

    @Test("is forgotten with its last run")
    func pruning() throws {
        try Samples.withDatabase { database in
            try database.record(Samples.run(1), [Samples.cell("old", summary: "words of old")], folder: nil)
            for day in 2...6 { try database.record(Samples.run(day), [Samples.cell("a")], folder: nil) }
            #expect(try database.prune(keeping: 6, before: nil).isEmpty)
            #expect(try database.prune(keeping: 3, before: "2026-01-03").map(\.id) == ["night-1", "night-2"])
            #expect(try database.cells().map(\.id) == ["a"])
            #expect(try database.prune(keeping: nil, before: "2026-01-04").map(\.id) == ["night-3"])
            #expect(try database.prune(keeping: 1, before: nil).map(\.id) == ["night-4", "night-5"])
            #expect(try database.runs().map(\.id) == ["night-6"])
            #expect(try database.prune(keeping: 0, before: nil).map(\.id) == ["night-6"])
            #expect(try database.runs().isEmpty && database.cells().isEmpty)
        }
    }

    @Test("gives the disk its space back when it is forgotten")
    func space() throws {
        try Samples.withDatabase { database in
            let pages = { try database.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 } }
            let before = try pages()
            let cells = (0..<3000).map { Samples.cell("cell-\($0)", summary: "summary \($0)") }
            try database.record(Samples.run(1), cells, folder: nil)
            #expect(try pages() > before + 50)
            _ = try database.prune(keeping: 0, before: nil)
            #expect(try pages() <= before + 2)
        }
    }
}
