import MatrixModel
import RunHistory

/// A run as history listings print it.
struct EncodedHistoricRun: Encodable {
    let id: String
    let started: String
    let finished: String?
    let harness: String
    let accelerator: String?
    let folder: String?
    let cells: Int
    /// Cells by verdict.
    let verdicts: [String: Int]
    /// Cells that needed more than one attempt.
    let retried: Int

    init(_ run: HistoricRun) {
        id = run.id
        started = run.started
        finished = run.finished
        harness = run.harness
        accelerator = run.accelerator
        folder = run.folder
        cells = run.cells
        verdicts = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, run.verdicts[$0] ?? 0) })
        retried = run.retried
    }
}

/// A cell over time as history listings print it.
struct EncodedCellHistory: Encodable {
    struct Streak: Encodable {
        let verdict: Verdict
        let cause: String?
        /// The state of the proof that was asked about; null where none was.
        let proof: ProofState?
        /// The clients of the burst; null where none was sent.
        let burst: Int?
        let summary: String
        let since: String
        let last: String
        let lastRun: String
        let runs: Int

        enum CodingKeys: String, CodingKey {
            case verdict, cause, proof, summary, since, last
            case burst = "burst_clients"
            case lastRun = "last_run"
            case runs
        }
    }

    let id: String
    /// Runs that measured it or tried to.
    let tried: Int
    /// Of these, runs that needed a retry or proved nothing.
    let flaky: Int
    let flakeRate: Double?
    let streaks: [Streak]

    enum CodingKeys: String, CodingKey {
        case id, tried, flaky
        case flakeRate = "flake_rate"
        case streaks
    }

    init(_ cell: CellHistory) {
        id = cell.id
        tried = cell.tried
        flaky = cell.flaky
        flakeRate = cell.flakeRate
        streaks = cell.streaks.map {
            Streak(
                verdict: $0.verdict, cause: $0.cause, proof: $0.proof, burst: $0.burst, summary: $0.summary, since: $0.since, last: $0.last,
                lastRun: $0.lastRun, runs: $0.runs)
        }
    }
}
