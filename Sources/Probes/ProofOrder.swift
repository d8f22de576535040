import MatrixModel

/// Which failure keeps a proof from being reached: one defect costs one proof.
struct ProofOrder {
    private let probes: [ProofID: Probe]
    private let outcomes: [ProofID: ProofOutcome]
    /// Proofs that nothing decides and no failure explains: the evidence for them was lost.
    private var lost: Set<ProofID> = []

    init(_ probes: [Probe], _ outcomes: [ProofID: ProofOutcome]) {
        self.probes = Dictionary(uniqueKeysWithValues: probes.map { ($0.id, $0) })
        self.outcomes = outcomes
        lost = Set(outcomes.filter { $0.value.isUndecided && blocker(of: $0.key) == nil }.keys)
    }

    /// The most fundamental proof that failed, or is unproven, and explains why this one did not pass; nil when nothing does.
    func blocker(of id: ProofID) -> ProofID? { blocker(of: id, seen: []) }

    private func blocker(of id: ProofID, seen: Set<ProofID>) -> ProofID? {
        guard let probe = probes[id], let outcome = outcomes[id], !outcome.isNotApplicable else { return nil }
        for edge in edges(of: probe, outcome) where edge != id && !seen.contains(edge) {
            if let deeper = blocker(of: edge, seen: seen.union([id])) { return deeper }
            if outcomes[edge]?.isBlocking == true || lost.contains(edge) { return edge }
        }
        return nil
    }

    /// What passed needs nothing to explain it, but for proofs without which passing shows nothing. A kernel that broke and an agent that ended explain everything.
    private func edges(of probe: Probe, _ outcome: ProofOutcome) -> [ProofID] {
        outcome.isPass ? probe.needs : [.kernelHealthy, .runs] + probe.needs + probe.follows + (outcome.isUndecided ? probe.hiddenBy : [])
    }
}
