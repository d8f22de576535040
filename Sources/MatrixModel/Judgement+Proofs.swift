extension Judgement {
    /// The verdict that follows from a cell's proofs.
    ///
    /// A failed essential proof makes the cell incompatible, even where another proof is unproven: what was shown stays shown. Without one, an
    /// unproven proof makes the cell inconclusive. Without either, a failed lesser proof degrades it. The most fundamental failure gives the cause;
    /// the summary names the others.
    public init(proofs: [ProofResult]) {
        let proofs = proofs.sorted { $0.id < $1.id }
        let failed = proofs.filter { $0.state == .fail }
        if let first = failed.first(where: { $0.weight == .essential }) {
            self = Self.failure(.incompatible, first, among: failed)
        } else if let first = proofs.first(where: { $0.state == .unproven }) {
            self.init(
                verdict: .inconclusive, cause: first.cause ?? .harness,
                summary: "\(first.id) is unproven. \(first.summary)\(Self.others(failed, word: "Failed"))", findings: first.findings)
        } else if let first = failed.first {
            self = Self.failure(.degraded, first, among: failed)
        } else {
            self = Self.success(proofs)
        }
    }

    private static func failure(_ verdict: Verdict, _ first: ProofResult, among failed: [ProofResult]) -> Judgement {
        let known = first.knownDefect.map { " (known defect: \($0.reason))" } ?? ""
        return Judgement(
            verdict: verdict, cause: first.cause, summary: first.summary + known + others(failed.filter { $0.id != first.id }, word: "Also failed"),
            findings: first.findings)
    }

    private static func others(_ failed: [ProofResult], word: String) -> String {
        guard !failed.isEmpty else { return "" }
        return " \(word): " + failed.map { $0.isKnownDefect ? "\($0.id) (known defect)" : "\($0.id)" }.joined(separator: ", ") + "."
    }

    /// Nothing is compatible without a proof that passed, nor with one that was kept from being reached.
    private static func success(_ proofs: [ProofResult]) -> Judgement {
        let passed = proofs.filter { $0.state == .pass }
        guard !passed.isEmpty, !proofs.contains(where: { $0.state == .notReached }) else {
            return Judgement(cause: .evidenceLost, summary: "The evidence proves nothing about the agent.")
        }
        let absent = proofs.count { $0.state == .notApplicable }
        let note = absent == 0 ? "" : "; \(absent) not applicable here"
        return Judgement(
            verdict: .compatible, cause: nil, summary: "All \(passed.count) proofs passed\(note).",
            findings: Array(passed.first { $0.id == .load }.map(\.findings) ?? []) + Array(passed.first { $0.id == .keyLatched }.map(\.findings) ?? []))
    }
}

extension Collection<ProofResult> {
    /// How many proofs passed, and of how many that apply: `16` of `18`.
    public var tally: (passed: Int, applicable: Int) { (count { $0.state == .pass }, count { $0.state != .notApplicable }) }

    /// Whether something failed, and every failure is a known defect of the agent.
    public var failsOnlyAsKnown: Bool {
        contains { $0.state == .fail } && allSatisfy { $0.state != .fail || $0.knownDefect != nil } && !contains { $0.state == .unproven }
    }
}
