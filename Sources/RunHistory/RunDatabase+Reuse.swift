import GRDB
import MatrixModel

extension RunDatabase {
    /// The runs that measured cells made of the very same and came to a verdict at the first attempt, the newest first.
    /// - Parameter limit: How many of them at most.
    public func runs(measuring inputs: String, limit: Int) throws -> [HistoricRun] {
        try read { db in
            let numbers = try Int64.fetchAll(
                db,
                sql: """
                    SELECT outcome.run
                    FROM outcome JOIN run ON run.number = outcome.run JOIN conclusion ON conclusion.number = outcome.conclusion
                    WHERE outcome.inputs = ? AND outcome.attempts = 1 AND conclusion.verdict IN ('compatible', 'degraded', 'incompatible')
                    AND run.folder IS NOT NULL
                    ORDER BY run.started DESC, run.id DESC LIMIT ?
                    """, arguments: [inputs, limit])
            let runs = try Self.runs(db, "number IN (SELECT value FROM json_each(?))", ["[" + numbers.map(String.init).joined(separator: ",") + "]"])
            return numbers.compactMap { number in runs.first { $0.number == number } }
        }
    }
}
