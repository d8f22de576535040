import MatrixModel

extension CellRecord {
    /// What in this record contradicts itself; nil when nothing does. A record that the harness wrote never does: one that does was
    /// edited or damaged, and proves nothing.
    var contradiction: String? {
        if cause?.fault != fault { return "the cause \(cause?.rawValue ?? "null") is not of fault \(fault?.rawValue ?? "null")" }
        if let doubt = verdictDoubt { return doubt }
        if !proofs.isEmpty, Judgement(proofs: proofs).verdict != verdict { return "its proofs do not make it \(verdict.rawValue)" }
        if subject.cell == nil, verdict != .unavailable, verdict != .notRun { return "it is \(verdict.rawValue) without a kernel" }
        return nil
    }

    private var verdictDoubt: String? {
        switch verdict {
        case .compatible where attempts < 1: "it was never attempted"
        case .compatible: cause == nil ? nil : "it is compatible with a cause of failure"
        case .notRun: cause == nil && attempts == 0 ? nil : "it was not run and has an outcome"
        case .degraded where attempts < 1: "it was never attempted"
        case .degraded: cause.map { $0.verdict == .incompatible } == true ? nil : "it is degraded without a cause for that"
        case .incompatible, .inconclusive, .unavailable: cause?.verdict == verdict ? nil : "its cause does not make it \(verdict.rawValue)"
        }
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

    /// What the name of an evidence folder tells of its cell, when nothing else does; nil when the name is none of ours.
    init?(folderName: String) {
        let parts = folderName.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        // A version may have underscores of its own (`el9_4`), which a layout has not.
        guard let place = parts.indices.dropFirst(3).first(where: { CgroupLayout(rawValue: parts[$0]) != nil }),
            let layout = CgroupLayout(rawValue: parts[place]),
            let version = try? KernelVersion(parsing: parts[1..<place - 1].joined(separator: "_")), let flavour = try? KernelFlavour(parsing: parts[place - 1])
        else { return nil }
        var further: [String: String] = [:]
        var axis: String?
        for part in parts.dropFirst(place + 1) {
            if let equals = part.firstIndex(of: "=") {
                axis = String(part[..<equals])
                further[String(part[..<equals])] = String(part[part.index(after: equals)...])
            } else if let axis {
                // An underscore inside a value.
                further[axis, default: ""] += "_" + part
            }
        }
        guard let architecture = further["arch"].map(Architecture.init(rawValue:)) ?? .unnamed else { return nil }
        let cell = Cell(
            guest: parts[0], kernel: KernelIdentity(version: version, flavour: flavour, release: "", origin: further["origin"] ?? ""),
            architecture: architecture,
            cgroup: layout, profile: further["profile"], deployment: further["deployment"], scenario: further["scenario"], agent: further["agent"],
            bpf: further["bpf"])
        guard cell.id.folderName == folderName else { return nil }
        self.init(cell: cell, judgement: Judgement(verdict: .notRun, cause: nil, summary: ""), evidence: nil, seconds: [:], attempts: 0)
    }
}
