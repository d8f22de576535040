/// Which failure explains that a proof, or a conformance check, did not pass: one defect costs one proof.
struct FailureExplanation<ID: Hashable & Sendable> {
    /// What is known of one of them.
    struct Node {
        let id: ID
        let standing: Standing
        /// Those without which this one shows nothing, even if it passed.
        var needs: [ID] = []
        /// Those whose failure explains a failure of this one.
        var follows: [ID] = []
        /// Those whose failure explains that the evidence shows nothing of this one.
        var hiddenBy: [ID] = []

        /// What passed needs nothing to explain it, but for those without which passing shows nothing.
        fileprivate var edges: [ID] {
            switch standing {
            case .passed: needs
            case .undecided: needs + follows + hiddenBy
            case .failed: needs + follows
            case .notApplicable: []
            }
        }
    }

    /// What the evidence shows of one of them, before others are looked at.
    enum Standing {
        case passed
        /// It failed, or the harness failed it: it can be the reason for what another one did not show.
        case failed
        /// Nothing in the evidence shows it either way.
        case undecided
        case notApplicable
    }

    private let nodes: [ID: Node]
    /// The place of each among all, the most fundamental first.
    private let ranks: [ID: Int]
    /// For each proof the failures that can explain it. A proof is among its own only where two explain each other.
    private var reasons: [ID: Set<ID>] = [:]

    /// - Parameter nodes: The most fundamental first.
    init(_ nodes: [Node]) {
        self.nodes = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        ranks = Dictionary(nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        let failed = Set(nodes.filter { $0.standing == .failed }.map(\.id))
        for node in nodes { reasons[node.id] = reached(from: node.id).intersection(failed) }
        // An undecided proof that no failure explains lost its evidence. That loss explains other proofs, as a failure does.
        let lost = nodes.filter { $0.standing == .undecided && blocker(of: $0.id) == nil }.map(\.id)
        for node in nodes { reasons[node.id] = reached(from: node.id).intersection(failed.union(lost)) }
    }

    /// The most fundamental failure that explains why this one did not pass; nil when nothing does. Of failures that explain each other, the most
    /// fundamental is explained by none.
    func blocker(of id: ID) -> ID? {
        guard let reasons = reasons[id], !reasons.isEmpty, !isRoot(id) else { return nil }
        return reasons.filter(isRoot).min { rank(of: $0) < rank(of: $1) }
    }

    private func isRoot(_ id: ID) -> Bool {
        (reasons[id] ?? []).allSatisfy { reason in (reasons[reason] ?? []).contains(id) && rank(of: id) <= rank(of: reason) }
    }

    private func rank(of id: ID) -> Int { ranks[id] ?? .max }

    private func reached(from id: ID) -> Set<ID> {
        var reached: Set<ID> = []
        var waiting = nodes[id]?.edges ?? []
        while let next = waiting.popLast() {
            if reached.insert(next).inserted { waiting += nodes[next]?.edges ?? [] }
        }
        return reached
    }
}
