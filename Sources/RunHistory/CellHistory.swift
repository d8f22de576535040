public import MatrixModel

/// What became of one cell, run after run.
public struct CellHistory: Hashable, Sendable {
    /// Runs one after the other that concluded the same, by proofs as thorough.
    public struct Streak: Hashable, Sendable {
        public let verdict: Verdict
        public let cause: String?
        /// The state of the proof that was asked about; nil where none was.
        public let proof: ProofState?
        /// The clients of the burst in all of these runs; nil where none was sent.
        public let burst: Int?
        /// In the words of its last run.
        public internal(set) var summary: String
        /// When the first and the last of these runs started.
        public let since: String
        public internal(set) var last: String
        public internal(set) var lastRun: String
        public internal(set) var runs: Int
    }

    public let id: String
    /// Oldest first.
    public internal(set) var streaks: [Streak] = []
    /// How many runs measured the cell or tried to.
    public internal(set) var tried = 0
    /// How many of these needed a retry or were inconclusive.
    public internal(set) var flaky = 0

    /// The share of runs in which the harness did not come to its verdict at the first attempt; nil when none tried.
    public var flakeRate: Double? { tried == 0 ? nil : Double(flaky) / Double(tried) }

    mutating func add(_ conclusion: Conclusion, proof: ProofID?, attempts: Int, burst: Int?, run: (id: String, started: String)) {
        let state = proof.flatMap { conclusion.proofs[$0] }
        let isSame = { (streak: Streak) in
            guard streak.burst == burst else { return false }
            return proof != nil ? streak.proof == state : streak.verdict == conclusion.verdict && streak.cause == conclusion.cause
        }
        if let last = streaks.indices.last, isSame(streaks[last]) {
            streaks[last].summary = conclusion.summary
            streaks[last].last = run.started
            streaks[last].lastRun = run.id
            streaks[last].runs += 1
        } else {
            streaks.append(
                Streak(
                    verdict: conclusion.verdict, cause: conclusion.cause, proof: state, burst: burst, summary: conclusion.summary, since: run.started,
                    last: run.started,
                    lastRun: run.id, runs: 1))
        }
        if conclusion.verdict != .notRun, conclusion.verdict != .unavailable {
            tried += 1
            if attempts > 1 || conclusion.verdict == .inconclusive { flaky += 1 }
        }
    }
}
