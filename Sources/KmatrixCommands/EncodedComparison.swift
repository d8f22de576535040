import EvidenceStore
import MatrixModel

/// What changed between two runs, as `diff --format json` prints it.
struct EncodedComparison: Encodable {
    struct Run: Encodable {
        let id: String
        let started: String
        let folder: String?
        let cells: Int
    }

    struct Outcome: Encodable {
        let verdict: Verdict
        let cause: String?
        let summary: String
        let attempts: Int
        /// The clients of the burst; null where none was sent or no guest was started.
        let burst: Int?

        enum CodingKeys: String, CodingKey {
            case verdict, cause, summary, attempts
            case burst = "burst_clients"
        }

        init(_ outcome: CellOutcome) {
            verdict = outcome.verdict
            cause = outcome.cause
            summary = outcome.summary
            attempts = outcome.attempts
            burst = outcome.burst
        }

        var text: String { verdict.rawValue + (cause.map { " " + $0 } ?? "") }
    }

    struct Change: Encodable {
        let change: RunComparison.Kind
        let id: String
        /// The earlier cell's id, where the later run has the series' next kernel.
        let previous: String?
        let before: Outcome?
        let after: Outcome?
        let regression: Bool
        /// Proofs with a different state.
        let proofs: [ChangedProof]
    }

    struct ChangedProof: Encodable {
        let id: ProofID
        /// Null where the run did not have the proof.
        let before: ProofState?
        let after: ProofState?
    }

    let schema = 1
    let before: Run
    let after: Run
    let changes: [Change]
    /// How many cells changed in each way, and how many did not change.
    let counts: [String: Int]
    /// Cells whose burst had another size in each run, largest group first.
    let bursts: [Bursts]

    struct Bursts: Encodable {
        let before: Int
        let after: Int
        let cells: Int

        var text: String { "\(cells == 1 ? "1 cell" : "\(cells) cells"): burst of \(before) clients before, of \(after) now" }
    }

    init(before: ComparedRun, after: ComparedRun, _ comparison: RunComparison, _ expectations: Expectations) {
        self.before = Run(id: before.id, started: before.started, folder: before.folder, cells: before.cells.count)
        self.after = Run(id: after.id, started: after.started, folder: after.folder, cells: after.cells.count)
        changes = comparison.changes.map { change in
            Change(
                change: change.kind, id: change.id, previous: change.before?.id == change.id ? nil : change.before?.id,
                before: change.before.map(Outcome.init), after: change.after.map(Outcome.init), regression: expectations.isRegression(change),
                proofs: change.changedProofs.map { ChangedProof(id: $0, before: change.before?.proofs[$0], after: change.after?.proofs[$0]) })
        }
        var counts = Dictionary(uniqueKeysWithValues: RunComparison.Kind.allCases.map { ($0.rawValue, comparison.count($0)) })
        counts["unchanged"] = comparison.unchanged
        self.counts = counts
        bursts = comparison.bursts.map { Bursts(before: $0.key.before, after: $0.key.after, cells: $0.value) }
            .sorted { ($1.cells, $0.before, $0.after) < ($0.cells, $1.before, $1.after) }
    }
}
