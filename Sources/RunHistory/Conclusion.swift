import GRDB
import MatrixModel

/// What was concluded of a cell, in the words that are kept once for all the runs that concluded the same.
struct Conclusion: Hashable {
    let verdict: Verdict
    let cause: String?
    let summary: String
    let documented: DocumentedSupport
    /// The state of each proof; empty where none is recorded.
    let proofs: [ProofID: ProofState]
    /// Whether all that failed is a known defect of the agent.
    let failsOnlyAsKnown: Bool

    /// All there are, by number.
    static func all(_ db: Database) throws -> [Int64: Conclusion] {
        var found: [Int64: Conclusion] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT number, verdict, cause, summary, documented, proofs, known FROM conclusion")
        while let row = try rows.next() {
            let number: Int64 = row[0]
            found[number] = try Conclusion(verdict: row[1], cause: row[2], summary: row[3], documented: row[4], proofs: row[5], known: row[6])
        }
        return found
    }

    private init(verdict: String, cause: String?, summary: String, documented: String, proofs: String, known: Bool) throws {
        guard let verdict = Verdict(rawValue: verdict), let documented = DocumentedSupport(rawValue: documented) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "there is no verdict '\(verdict)' with the expectation '\(documented)'")
        }
        self.verdict = verdict
        self.cause = cause
        self.summary = summary
        self.documented = documented
        self.proofs = Self.proofs(in: proofs)
        failsOnlyAsKnown = known
    }

    /// The states as one line, `attach=fail load=pass`, the same for the same states.
    static func text(of proofs: [ProofID: ProofState]) -> String {
        proofs.sorted { $0.key < $1.key }.map { "\($0.key.rawValue)=\($0.value.rawValue)" }.joined(separator: " ")
    }

    /// A state that a later kmatrix wrote and this one does not know is left out.
    private static func proofs(in text: String) -> [ProofID: ProofState] {
        var found: [ProofID: ProofState] = [:]
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let state = ProofState(rawValue: String(parts[1])) else { continue }
            found[ProofID(rawValue: String(parts[0]))] = state
        }
        return found
    }
}
