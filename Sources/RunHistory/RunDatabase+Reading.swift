public import EvidenceStore
import GRDB
public import MatrixModel

extension RunDatabase {
    /// The runs, oldest first.
    /// - Parameter since: The first moment that counts, RFC 3339 in UTC or the beginning of it; nil for all.
    public func runs(since: String? = nil) throws -> [HistoricRun] {
        try read { try Self.countedRuns(since: since, $0) }
    }

    static func countedRuns(since: String?, _ db: Database) throws -> [HistoricRun] {
        var runs = try Self.runs(db, "started >= ?", [since ?? ""])
        let places = Dictionary(uniqueKeysWithValues: runs.enumerated().map { ($1.number, $0) })
        let conclusions = try Conclusion.all(db)
        let rows = try Row.fetchCursor(db, sql: "SELECT run, conclusion, count(*), sum(attempts > 1) FROM outcome GROUP BY run, conclusion")
        while let row = try rows.next() {
            guard let place = places[row[0]], let conclusion = conclusions[row[1]] else { continue }
            runs[place].verdicts[conclusion.verdict, default: 0] += row[2] as Int
            runs[place].retried += row[3] as Int
        }
        return runs
    }

    /// What became of cells, by cell.
    /// - Parameters:
    ///   - pattern: Which cells; nil for all.
    ///   - cause: Only cells that had this cause, and only the runs in which they had it.
    ///   - proof: Stretches in which this proof came to the same, instead of the verdict; runs without it are left out.
    public func cells(matching pattern: CellPattern? = nil, cause: Cause? = nil, proof: ProofID? = nil, since: String? = nil) throws -> [CellHistory] {
        try read { db in
            let runs = try Self.runs(db, "started >= ?", [since ?? ""])
            let places = Dictionary(uniqueKeysWithValues: runs.enumerated().map { ($1.number, $0) })
            let conclusions = try Conclusion.all(db)
            let names = try Row.fetchAll(db, sql: "SELECT number, id FROM cell").map { (number: $0[0] as Int64, id: $0[1] as String) }
            let statement = try db.makeStatement(sql: "SELECT run, conclusion, attempts, burst FROM outcome WHERE cell = ?")
            let histories = try names.filter { pattern?.matches($0.id) ?? true }.compactMap { name -> CellHistory? in
                var outcomes: [(place: Int, conclusion: Conclusion, attempts: Int, burst: Int?)] = []
                let rows = try Row.fetchCursor(statement, arguments: [name.number])
                while let row = try rows.next() {
                    guard let place = places[row[0]], let conclusion = conclusions[row[1]] else { continue }
                    outcomes.append((place, conclusion, row[2], row[3]))
                }
                // Runs are numbered as they were recorded, and an older one may have been imported later.
                outcomes.sort { $0.place < $1.place }
                var history = CellHistory(id: name.id)
                for outcome in outcomes where proof.map({ outcome.conclusion.proofs[$0] != nil }) ?? true {
                    history.add(
                        outcome.conclusion, proof: proof, attempts: outcome.attempts, burst: CellOutcome.burst(outcome.burst, outcome.conclusion.proofs),
                        run: (runs[outcome.place].id, runs[outcome.place].started))
                }
                if let cause { history.streaks.removeAll { $0.cause != cause.rawValue } }
                return history.streaks.isEmpty ? nil : history
            }
            return CellIDOrder.sort(histories, by: \.id)
        }
    }

    /// Finds one run by its id, by the beginning of it, or as `latest` or `previous`.
    public func run(named name: String) throws -> HistoricRun {
        try read { db in
            if let offset = ["latest": 0, "previous": 1][name] {
                let runs = try Self.runs(db, "true", [])
                guard offset < runs.count else { throw HistoryError(.unknownRun, path: path, detail: name) }
                return runs[runs.count - 1 - offset]
            }
            if let exact = try Self.runs(db, "id = ?", [name]).first { return exact }
            let found = try Self.runs(db, "substr(id, 1, length(?)) = ?", [name, name])
            guard let first = found.first, !name.isEmpty else { throw HistoryError(.unknownRun, path: path, detail: name) }
            guard found.count == 1 else { throw HistoryError(.ambiguousRun, path: path, detail: found.map(\.id).joined(separator: ", ")) }
            return first
        }
    }

    /// What a run concluded of each of its cells.
    public func outcomes(of run: HistoricRun) throws -> [CellOutcome] { try read { try Self.outcomes(ofRun: run.number, $0) } }

    static func runs(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [HistoricRun] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT number, id, started, finished, harness, accelerator, folder FROM run WHERE \(condition) ORDER BY started, id", arguments: arguments
        )
        return rows.map {
            HistoricRun(number: $0[0], id: $0[1], started: $0[2], finished: $0[3], harness: $0[4], accelerator: $0[5], folder: $0[6])
        }
    }

    static func outcomes(ofRun number: Int64, _ db: Database) throws -> [CellOutcome] {
        let conclusions = try Conclusion.all(db)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT cell.id, cell.lineage, outcome.conclusion, outcome.attempts, outcome.seconds, outcome.inputs, outcome.burst
                FROM outcome JOIN cell ON cell.number = outcome.cell WHERE outcome.run = ?
                """, arguments: [number])
        var outcomes: [CellOutcome] = []
        while let row = try rows.next() {
            guard let conclusion = conclusions[row[2]] else { continue }
            outcomes.append(
                CellOutcome(
                    id: row[0], lineage: row[1], verdict: conclusion.verdict, cause: conclusion.cause, summary: conclusion.summary,
                    documented: conclusion.documented, attempts: row[3], seconds: row[4], failsOnlyAsKnown: conclusion.failsOnlyAsKnown,
                    proofs: conclusion.proofs, inputs: row[5], burst: row[6]))
        }
        return outcomes
    }
}
