import MatrixModel

/// A cell's proofs in short: `18/18`, or `16/18 identity/uid-not-gid, dual-stack`.
struct ProofTally {
    /// Names listed before the rest is counted.
    private static let shown = 2

    let passed: Int
    let applicable: Int
    /// Failed and unproven proofs, the most fundamental first. A proof that was not reached is a consequence of one of them.
    let open: [ProofResult]

    /// Nil for a cell without proofs: it was not measured, or its record is of schema 1.
    init?(_ proofs: [ProofResult]) {
        guard !proofs.isEmpty else { return nil }
        (passed, applicable) = proofs.tally
        open = proofs.filter { $0.state == .fail || $0.state == .unproven }.sorted { $0.id < $1.id }
    }

    var fraction: String { "\(passed)/\(applicable)" }

    /// Names of open proofs, each in the form that a report gives it.
    func names(_ form: (String) -> String = { $0 }) -> String {
        let names = open.prefix(Self.shown).map { form(VisibleText.line($0.id.rawValue, limit: 64)) + ($0.isKnownDefect ? " (known)" : "") }.joined(
            separator: ", ")
        return open.count > Self.shown ? "\(names) +\(open.count - Self.shown)" : names
    }

    /// On one line, safe for a terminal.
    var words: String { open.isEmpty ? fraction : "\(fraction) \(names())" }
}

extension ProofState {
    /// The verdict that lends the state its sign and colour.
    var mark: Verdict {
        switch self {
        case .pass: .compatible
        case .fail: .incompatible
        case .unproven: .inconclusive
        case .notReached: .unavailable
        case .notApplicable: .notRun
        }
    }

    /// For readers, as part of a sentence.
    var words: String {
        switch self {
        case .pass: "passed"
        case .fail: "failed"
        case .notReached: "not reached"
        case .notApplicable: "not applicable"
        case .unproven: "unproven"
        }
    }

    /// What the state means, in one sentence.
    var meaning: String {
        switch self {
        case .pass: "Shown by evidence."
        case .fail: "Refuted by evidence."
        case .notReached: "Not tested, because a proof that it depends on failed."
        case .notApplicable: "The cell's scenario, kernel or guest does not have what the proof is about."
        case .unproven: "The harness could not show it either way."
        }
    }
}

extension ProofResult {
    /// The state in words, with what it follows from.
    var stateInWords: String {
        if let knownDefect, state == .fail { return "failed, known defect until \(knownDefect.until)" }
        if let blockedBy, state == .notReached { return "not reached, blocked by \(VisibleText.line(blockedBy.rawValue, limit: 64))" }
        return state.words
    }
}
