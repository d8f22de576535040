import EvidenceStore
import GRDB
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import RunHistory

@Suite("What cells took")
struct CellCostTests {
    private static func cell(_ id: String, _ lineage: String, _ seconds: Double?, _ verdict: Verdict = .compatible, attempts: Int = 1) -> CellOutcome {
        CellOutcome(
            id: id, lineage: lineage, verdict: verdict, cause: nil, summary: "s", documented: .supported, attempts: attempts, seconds: seconds,
            inputs: "i-" + id)
    }

    @Test("is the median of the newest runs that measured it, kernels of a series together, and of its guest's cells")
    func median() throws {
        try Samples.withDatabase { database in
            for day in 1...12 {
                // The two oldest are a slow machine's, and count no more.
                let seconds = day <= 2 ? 900.0 : Double(day)
                try database.record(
                    Samples.run(day),
                    [
                        Self.cell("micro/6.1.\(day)-1/c/unified", "micro/6.1/c/unified", seconds),
                        Self.cell("micro/6.1.\(day)-1/c/legacy", "micro/6.1/c/legacy", 2.04),
                        Self.cell("debian-12/6.1.\(day)-1/c/unified", "debian-12/6.1/c/unified", 30),
                        Self.cell("micro/5.15/c/unified", "micro/5.15/c/unified", 1, .unavailable),
                        Self.cell("micro/7.3/c/unified", "micro/7.3/c/unified", 80, attempts: 2), Self.cell("micro/7.4/c/unified", "micro/7.4/c/unified", nil),
                    ], folder: nil)
            }
            let costs = try database.costs()
            #expect(costs.cells == ["micro/6.1/c/unified": 8, "micro/6.1/c/legacy": 2, "debian-12/6.1/c/unified": 30])
            #expect(costs.guests == ["micro": 8, "debian-12": 30])
        }
    }

    @Test("is nothing where there is no history")
    func empty() throws {
        try Samples.withDatabase { database in
            let costs = try database.costs()
            #expect(costs == .standard)
        }
    }

    @Test("was not kept before, and a history of then is read and goes on")
    func older() throws {
        try TemporaryFolder.during { folder in
            let path = folder.appending("history.sqlite")
            let queue = try DatabaseQueue(path: path.string)
            try Migrations.all.migrate(queue, upTo: "1 runs, cells and what was concluded")
            try queue.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO run VALUES (1, 'old', '2025-01-01T00:00:00Z', NULL, '0.1.0', NULL, NULL);
                        INSERT INTO cell VALUES (1, 'a', 'a');
                        INSERT INTO conclusion VALUES (1, 'compatible', NULL, 's', 'supported');
                        INSERT INTO outcome VALUES (1, 1, 1, 1);
                        """)
            }
            try queue.close()
            let database = try RunDatabase(at: path)
            try database.record(Samples.run(1), [Self.cell("a", "a", 3)], folder: nil)
            #expect(try database.outcomes(of: database.run(named: "old")).map(\.seconds) == [nil])
            let outcomes = try database.outcomes(of: database.run(named: "night-1"))
            #expect(outcomes.map(\.seconds) == [3] && outcomes.map(\.inputs) == ["i-a"])
        }
    }
}
