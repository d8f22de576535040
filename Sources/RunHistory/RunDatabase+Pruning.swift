import GRDB

extension RunDatabase {
    /// Forgets runs; their folders stay.
    /// - Parameters:
    ///   - keeping: How many of the newest stay whatever their age; nil for none.
    ///   - before: Forgets only runs that started before this moment, RFC 3339 in UTC or the beginning of it; nil for all.
    /// - Returns: What was forgotten, oldest first.
    public func prune(keeping: Int?, before: String?) throws -> [HistoricRun] {
        let forgotten = try write { db in
            let forgotten = try Self.countedRuns(since: nil, db).dropLast(keeping ?? 0).filter { run in before.map { run.started < $0 } ?? true }
            for run in forgotten { try db.execute(sql: "DELETE FROM run WHERE number = ?", arguments: [run.number]) }
            try Self.removeOrphans(db)
            return forgotten
        }
        try giveBackSpace()
        return forgotten
    }
}
