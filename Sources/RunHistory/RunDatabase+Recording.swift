public import EvidenceStore
import GRDB
import MatrixModel
public import SystemPackage

extension RunDatabase {
    /// What recording a run changed.
    public enum Recording: String, Hashable, Sendable, Codable {
        case added, updated, unchanged
    }

    /// Keeps what a run concluded; recording the same again changes nothing.
    /// - Parameter folder: Where its evidence is.
    @discardableResult
    public func record(_ run: RunRecord, _ cells: [CellOutcome], folder: FilePath?) throws -> Recording {
        try write { db -> Recording in
            let existing = try Int64.fetchOne(db, sql: "SELECT number FROM run WHERE id = ?", arguments: [run.id])
            if let existing {
                if try Self.hasHeader(of: run, folder, existing, db), try Set(Self.outcomes(ofRun: existing, db)) == Set(cells) { return .unchanged }
                try db.execute(sql: "DELETE FROM run WHERE number = ?", arguments: [existing])
            }
            try db.execute(
                sql: "INSERT INTO run (number, id, started, finished, harness, accelerator, folder) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [existing, run.id, run.started, run.finished, run.harness, run.accelerator, folder?.string])
            try Self.insert(cells, run: existing ?? db.lastInsertedRowID, db)
            if existing != nil { try Self.removeOrphans(db) }
            return existing == nil ? .added : .updated
        }
    }

    /// Whether the stored run of that number was recorded with this header.
    private static func hasHeader(of run: RunRecord, _ folder: FilePath?, _ number: Int64, _ db: Database) throws -> Bool {
        let row = try Row.fetchOne(db, sql: "SELECT started, finished, harness, accelerator, folder FROM run WHERE number = ?", arguments: [number])
        let stored: [String?] = row.map { row in (0..<5).map { row[$0] as String? } } ?? []
        return stored == [run.started, run.finished, run.harness, run.accelerator, folder?.string]
    }

    private static func insert(_ cells: [CellOutcome], run: Int64, _ db: Database) throws {
        let cell = try db.makeStatement(
            sql: "INSERT INTO cell (id, lineage) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET lineage = excluded.lineage RETURNING number")
        let conclusion = try db.makeStatement(
            sql: """
                INSERT INTO conclusion (verdict, cause, summary, documented, proofs, known) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (verdict, ifnull(cause, ''), summary, documented, proofs, known) DO UPDATE SET summary = excluded.summary RETURNING number
                """)
        let outcome = try db.makeStatement(sql: "INSERT INTO outcome (cell, run, conclusion, attempts, seconds, inputs, burst) VALUES (?, ?, ?, ?, ?, ?, ?)")
        for item in cells {
            let cellNumber = try Int64.fetchOne(cell, arguments: [item.id, item.lineage])
            let conclusionNumber = try Int64.fetchOne(
                conclusion,
                arguments: [item.verdict.rawValue, item.cause, item.summary, item.documented.rawValue, Conclusion.text(of: item.proofs), item.failsOnlyAsKnown])
            try outcome.execute(arguments: [cellNumber, run, conclusionNumber, item.attempts, item.seconds, item.inputs, item.burst])
        }
    }

    /// Removes the names and words that no run uses any more.
    static func removeOrphans(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM cell WHERE NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.cell = cell.number)")
        try db.execute(sql: "DELETE FROM conclusion WHERE NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.conclusion = conclusion.number)")
    }
}
