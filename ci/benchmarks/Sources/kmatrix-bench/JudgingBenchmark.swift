@testable import MatrixPlanning
@testable import MatrixRunner
import EvidenceStore
import Judgement
import Probes
import MatrixModel
import Measurements
@testable import QEMUGuest

/// Times judging on what real guests left: a guest runs for each cell of a plan, and what it left is judged again and again.
struct JudgingBenchmark: Sendable {
    struct Figures: Encodable, Sendable {
        /// In each round.
        let judgments: Int
        let rounds: Int
        /// Beside the yardstick.
        let judging: SideBySide
        /// The median.
        let microsecondsPerJudgment: Double
        /// What was judged, by verdict.
        let verdicts: [String: Int]

        var ratios: [MeasuredRatio] { [MeasuredRatio("\(judgments) judgments / the yardstick", judging.ratio)] }
    }

    let runner: MatrixRunner
    let rounds: Int

    init(runner: MatrixRunner, rounds: Int) {
        self.runner = runner
        self.rounds = rounds
    }

    /// - Throws: `BenchmarkFailure` when one of the guests did not come to a verdict, and what makes a run impossible.
    func run(_ plan: MatrixPlan, judgments count: Int, in folder: RunFolder) async throws -> Figures {
        let (prepared, context) = try await runner.prepareOwnBenchmark(plan)
        var evidence: [CellEvidence] = []
        var verdicts: [String: Int] = [:]
        for planned in plan.cells {
            guard let artefacts = try prepared.artefacts(for: planned)?.get() else { continue }
            let attempt = CellAttempt(planned, artefacts, context, try folder.cell(planned.cell.id))
            let found = await attempt.runGuest().evidence
            let judgement = CellConclusion(found).judgement
            guard judgement.cause?.fault != .harness else { throw BenchmarkFailure(planned.cell.id.text, detail: judgement.summary) }
            verdicts[judgement.verdict.rawValue, default: 0] += 1
            evidence.append(found)
        }
        guard !evidence.isEmpty else { throw BenchmarkFailure("the plan", detail: "no cell to judge") }
        var proven = 0
        let judging = try SideBySide(rounds: rounds, unit: Yardstick().run) {
            for number in 0..<count where CellConclusion(evidence[number % evidence.count]).judgement.cause?.fault != .harness { proven += 1 }
        }
        guard proven == count * rounds else { throw BenchmarkFailure("judging", detail: "the same evidence gave another verdict") }
        return Figures(
            judgments: count, rounds: rounds, judging: judging, microsecondsPerJudgment: judging.seconds.median / Double(count) * 1_000_000, verdicts: verdicts)
    }
}
