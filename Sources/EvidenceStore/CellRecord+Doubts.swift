import MatrixModel

extension CellRecord {
    /// How this record contradicts itself; nil when it does not. The harness writes no such record: it was edited or damaged, and proves nothing.
    var contradiction: String? {
        let proven = proofs.isEmpty ? nil : Judgement(proofs: proofs).verdict
        let isMeasured = verdict == .compatible || verdict == .degraded
        let doubts: [(Bool, String)] = [
            (cause?.fault != fault, "the cause \(cause?.rawValue ?? "null") is not of fault \(fault?.rawValue ?? "null")"),
            (isMeasured && attempts < 1, "it was never attempted"),
            (verdict == .notRun && (attempts != 0 || cause != nil), "it was not run and has an outcome"),
            (!Self.verdicts(of: cause).contains(verdict), "its cause \(cause?.rawValue ?? "null") does not make it \(verdict.rawValue)"),
            (proven.map { $0 != verdict } ?? false, "its proofs do not make it \(verdict.rawValue)"),
            (subject.cell == nil && verdict != .unavailable && verdict != .notRun, "it is \(verdict.rawValue) without a kernel"),
        ]
        return doubts.first { $0.0 }?.1
    }

    /// The verdicts that a cell with this cause can have.
    private static func verdicts(of cause: Cause?) -> Set<Verdict> {
        guard let cause else { return [.compatible, .notRun] }
        return cause.verdict == .incompatible ? [.incompatible, .degraded] : [cause.verdict]
    }

    /// The record of a cell whose outcome is not available, or not to be believed.
    func replacingOutcome(with judgement: Judgement) -> CellRecord {
        var record = self
        record.verdict = judgement.verdict
        record.cause = judgement.cause
        record.fault = judgement.cause?.fault
        record.summary = judgement.summary
        record.findings = judgement.findings
        record.proofs = []
        record.provisioning = nil
        record.seconds = [:]
        record.reused = nil
        record.journalSize = nil
        (record.tier, record.burst) = (nil, nil)
        return record
    }

    /// The record of a cell of which nothing is proven any more.
    func doubted(_ why: String) -> CellRecord { replacingOutcome(with: Judgement(cause: .evidenceLost, summary: why)) }
}
