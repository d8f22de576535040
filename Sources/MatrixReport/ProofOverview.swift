import EvidenceStore
import MatrixModel

/// How often each proof has which state, over all cells of a run.
struct ProofOverview {
    struct Proof {
        let id: ProofID
        private(set) var counts: [ProofState: Int] = [:]
        /// Failures that the agent's profile declares as known.
        private(set) var known = 0

        init(id: ProofID) { self.id = id }

        func count(_ state: ProofState) -> Int { counts[state] ?? 0 }

        var applicable: Int { counts.reduce(0) { $1.key == .notApplicable ? $0 : $0 + $1.value } }

        /// The state of all together: failed if one failed, else open if one is open, else passed.
        var state: ProofState { [.fail, .unproven, .notReached, .pass].first { count($0) > 0 } ?? .notApplicable }

        /// Whether every failure is a known defect.
        var failsOnlyAsKnown: Bool { known > 0 && known == count(.fail) }

        /// `1 of 4 failed, known defect`.
        var words: String {
            let total = applicable
            let share = total == 1 || count(state) == counts.values.reduce(0, +) ? state.words : "\(count(state)) of \(total) \(state.words)"
            return share + (state == .fail && failsOnlyAsKnown ? ", known defect" : "")
        }

        mutating func add(_ result: ProofResult) {
            counts[result.state, default: 0] += 1
            if result.isKnownDefect { known += 1 }
        }
    }

    /// In the order of fundamentality.
    let proofs: [Proof]

    init(_ cells: some Sequence<CellRecord>) {
        var found: [ProofID: Proof] = [:]
        for cell in cells {
            for result in cell.proofs { found[result.id, default: Proof(id: result.id)].add(result) }
        }
        proofs = found.values.sorted { $0.id < $1.id }
    }
}
