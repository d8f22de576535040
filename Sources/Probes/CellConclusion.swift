public import Judgement
public import MatrixModel

/// What is concluded of one attempt at a cell: the verdict, and the proofs it follows from. Pure: the same evidence gives the same conclusion.
///
/// First it is asked whether the attempt proved anything at all: emulator, guest and evidence must have held. Then every proof is judged
/// separately. Compatible is what remains when every applicable proof passed, so a fact that is missing never looks like success.
public struct CellConclusion: Hashable, Sendable {
    public let judgement: Judgement
    /// Empty where the cell had nothing to measure.
    public let proofs: [ProofResult]

    /// - Parameter knownDefects: What the agent's profile declares as known on the day of the run.
    public init(_ evidence: CellEvidence, knownDefects: [KnownDefect] = []) {
        let sightings = ConsoleClassifier.sightings(in: evidence.console)
        if let failure = Judge.attemptFailure(evidence, sightings) {
            judgement = failure
            proofs = failure.verdict == .inconclusive ? Self.unproven(failure, evidence) : []
            return
        }
        let found = ProbeEvidence(evidence, sightings)
        proofs = Self.results(found, knownDefects)
        judgement = Judgement(proofs: proofs)
    }

    private static func unproven(_ failure: Judgement, _ evidence: CellEvidence) -> [ProofResult] {
        probes(of: evidence).map {
            ProofResult(id: $0.id, weight: $0.weight, state: .unproven, cause: failure.cause, summary: failure.summary)
        }
    }

    /// A deployment without the agent shows one thing, everything else needs an agent.
    private static func probes(of evidence: CellEvidence) -> [Probe] {
        guard let deployment = evidence.deployment else { return Probe.all.filter { $0.id != .provisioned } }
        return deployment.hasAgent ? Probe.all : Probe.all.filter { [.provisioned, .kernelHealthy].contains($0.id) }
    }

    private static func results(_ evidence: ProbeEvidence, _ knownDefects: [KnownDefect]) -> [ProofResult] {
        let probes = probes(of: evidence.cell)
        let outcomes = Dictionary(uniqueKeysWithValues: probes.map { ($0.id, outcome(of: $0, evidence)) })
        let explanation = FailureExplanation(probes.map { $0.node(outcomes[$0.id]?.standing ?? .undecided) })
        return probes.map { probe in
            result(
                of: probe, outcomes[probe.id] ?? .undecided(""), blockedBy: explanation.blocker(of: probe.id), knownDefects.first { $0.proof == probe.id },
                evidence.cell)
        }
    }

    /// An agent is not blamed for what it had less time for than it should.
    private static func outcome(of probe: Probe, _ evidence: ProbeEvidence) -> ProofOutcome {
        let outcome = probe.judge(evidence)
        guard case .fail(let cause, let summary, let findings) = outcome, cause.fault == .agent, let rate = evidence.cell.clockRate, rate > fastestClock else {
            return outcome
        }
        let times = (rate * 10).rounded() / 10
        return .unproven(
            .harness, "The guest's clock ran \(times) times as fast as the host's, so nothing that takes time is proven. Seen: \(summary)", findings)
    }

    /// The rate, guest's to host's, above which a clock is wrong. Below it the difference may be a late message.
    private static let fastestClock = 1.5

    private static func result(of probe: Probe, _ outcome: ProofOutcome, blockedBy blocker: ProofID?, _ defect: KnownDefect?, _ evidence: CellEvidence)
        -> ProofResult
    {
        func result(_ state: ProofState, _ cause: Cause?, _ summary: String, _ findings: [Finding] = []) -> ProofResult {
            ProofResult(
                id: probe.id, weight: probe.weight, state: state, cause: cause, summary: summary, findings: findings,
                blockedBy: state == .notReached ? blocker : nil, knownDefect: state == .fail ? defect : nil)
        }
        switch (outcome, blocker) {
        case (.notApplicable(let reason), _): return result(.notApplicable, nil, reason)
        case (_, let blocker?): return result(.notReached, nil, "Not reached, because \(blocker) did not pass.")
        case (.pass(let summary, let findings), nil): return result(.pass, nil, summary + note(on: defect, evidence), findings)
        case (.fail(let cause, let summary, let findings), nil): return result(.fail, cause, summary, findings)
        case (.unproven(let cause, let summary, let findings), nil): return result(.unproven, cause, summary, findings)
        case (.undecided(let summary, let cause), nil): return result(.unproven, cause, summary)
        }
    }

    /// A defect that many clients at once bring about is not gone because a few were served.
    private static func note(on defect: KnownDefect?, _ evidence: CellEvidence) -> String {
        guard let defect, defect.proof == .burst, evidence.burst < ProofTier.largeBurst else { return "" }
        return " The agent's known defect may show only with \(ProofTier.largeBurst) clients (--proof full)."
    }
}
