import GRDB
import MatrixModel

/// What was concluded of a cell, in the words that are kept once for all the runs that concluded the same.
struct Conclusion: Hashable {
    let verdict: Verdict
    let cause: String?
    let summary: String
    let documented: Expectation

    /// All there are, by number.
    static func all(_ db: Database) throws -> [Int64: Conclusion] {
        var found: [Int64: Conclusion] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT number, verdict, cause, summary, documented FROM conclusion")
        while let row = try rows.next() {
            let number: Int64 = row[0]
            found[number] = try Conclusion(verdict: row[1], cause: row[2], summary: row[3], documented: row[4])
        }
        return found
    }

    private init(verdict: String, cause: String?, summary: String, documented: String) throws {
        guard let verdict = Verdict(rawValue: verdict), let documented = Expectation(rawValue: documented) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "there is no verdict '\(verdict)' with the expectation '\(documented)'")
        }
        self.init(verdict: verdict, cause: cause, summary: summary, documented: documented)
    }

    private init(verdict: Verdict, cause: String?, summary: String, documented: Expectation) {
        self.verdict = verdict
        self.cause = cause
        self.summary = summary
        self.documented = documented
    }
}
