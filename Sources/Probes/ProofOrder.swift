/// Which failure keeps a proof, or a conformance check, from being reached: one defect costs one.
struct ProofOrder<ID: Hashable & Sendable> {
    /// What is known of one of them.
    struct Node {
        let standing: Standing
        /// Those without which this one shows nothing, even if it passed.
        var needs: [ID] = []
        /// Those whose failure explains a failure of this one.
        var follows: [ID] = []
        /// Those whose failure explains that the evidence shows nothing of this one.
        var hiddenBy: [ID] = []
    }

    /// What the evidence shows of one of them, before others are looked at.
    enum Standing {
        case passed
        /// It failed, or cannot be proven: it can be the reason for what another one did not show.
        case blocking
        /// Nothing in the evidence shows it either way.
        case undecided
        case notApplicable
    }

    private let nodes: [ID: Node]
    /// Nodes that nothing decides and no failure explains: the evidence for them was lost.
    private var lost: Set<ID> = []

    init(_ nodes: [ID: Node]) {
        self.nodes = nodes
        lost = Set(nodes.filter { $0.value.standing == .undecided && blocker(of: $0.key) == nil }.keys)
    }

    /// The most fundamental one that failed, or is unproven, and explains why this one did not pass; nil when nothing does.
    func blocker(of id: ID) -> ID? { blocker(of: id, seen: []) }

    private func blocker(of id: ID, seen: Set<ID>) -> ID? {
        guard let node = nodes[id], node.standing != .notApplicable else { return nil }
        for edge in edges(of: node) where edge != id && !seen.contains(edge) {
            if let deeper = blocker(of: edge, seen: seen.union([id])) { return deeper }
            if nodes[edge]?.standing == .blocking || lost.contains(edge) { return edge }
        }
        return nil
    }

    /// What passed needs nothing to explain it, but for those without which passing shows nothing.
    private func edges(of node: Node) -> [ID] {
        switch node.standing {
        case .passed: node.needs
        case .undecided: node.needs + node.follows + node.hiddenBy
        case .blocking, .notApplicable: node.needs + node.follows
        }
    }
}
