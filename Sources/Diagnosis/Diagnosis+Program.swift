import Guidance
import Judgement
import MatrixModel

extension Diagnosis {
    /// The eBPF program: whether the kernel loaded it, and whether it could be attached.
    @Sendable static func program(_ facts: FieldFacts) -> [Conclusion] {
        guard !facts.isWindows, facts.recorded == nil || facts.recorded?.value.cause == nil else { return [] }
        // A status that says RUNNING is younger than a log's failures.
        if let report = facts.status?[.ebpfProgram], report.isRunning { return [] }
        var found = explained(facts)
        if found.isEmpty { found += required(facts) }
        if found.isEmpty { found += maps(facts) }
        if found.isEmpty { found += loads(facts) }
        if found.isEmpty { found += attachments(facts) }
        if found.isEmpty { found += unexplained(facts) }
        return found
    }

    // MARK: - Neither words nor log

    /// The status says that the program does not run, in words that no rule knows.
    private static func unexplained(_ facts: FieldFacts) -> [Conclusion] {
        if facts.status == nil, let complaint = facts.typeComplaint { return [noTypes(facts, [complaint])] }
        guard let report = facts.status?[.ebpfProgram], report.status != nil || report.message != nil, !report.isRunning else { return [] }
        let message = report.message ?? ""
        let quote = facts.quote(.ebpfProgram)
        if message.contains("BTF"), facts.hasBTF?.value != true {
            return [
                Conclusion(
                    .noBTF, facts.hasBTF == nil ? .likely : .certain, "The program needs the kernel's type information, and the agent did not find it.",
                    [quote, facts.hasBTF?.finding])
            ]
        }
        guard report.status == "STOPPED", message.contains("ailed") || message.contains("rror") || message.contains("annot") else { return [] }
        return [Conclusion(.loadFailed, .certain, "The agent could not set its program up.", [quote], wanted: [.agentLog])]
    }

    // MARK: - Age

    /// Whether the kernel is below the documented floor, where nothing better explains a failure. Distributions port features back.
    static func age(_ facts: FieldFacts, _ quote: Finding?) -> [Conclusion] {
        guard let release = facts.release else {
            return [
                Conclusion(
                    .kernelTooOld, .possible, "A kernel before \(DocumentedSupport.documentedFloor) could explain it; its release was not sent.", [quote],
                    advice: [.kernelOfFloor(DocumentedSupport.documentedFloor)])
            ]
        }
        guard facts.isBelowFloor else { return [] }
        return [
            Conclusion(
                .kernelTooOld, quote == nil ? .likely : .possible,
                "The kernel is \(FieldFacts.shown(release.value)), and the documented floor is \(DocumentedSupport.documentedFloor). Distributions port "
                    + "much of BPF back, so the number alone proves nothing.",
                [release.finding, quote], wanted: facts.status == nil ? [.status] : [],
                advice: [.kernelOfFloor(DocumentedSupport.documentedFloor), .measure(.upgradeRelease), .measure(.optOut)])
        ]
    }
}

extension FieldFacts {
    static func shown(_ text: some StringProtocol) -> String { Quote.line(text) }

    var shownStatusFile: String { Quote.line(status?.file ?? "status.json") }

    /// Whether the release is below the floor and not of a distribution that is documented as supported: RHEL 9 and SLES 15 SP4 have 5.14.
    var isBelowFloor: Bool {
        guard let series, series < DocumentedSupport.documentedFloor else { return false }
        let isDocumented = series == KernelSeries(major: 5, minor: 14) && (family?.value == .rhel || family?.value == .sles)
        return !isDocumented
    }

    /// What the status says of a module, as a finding.
    func quote(_ module: ReportedStatus.Module) -> Finding? {
        guard let report = status?[module] else { return nil }
        // Verifier output has many lines, and a separate file.
        let message = (report.message ?? "").split(whereSeparator: \.isNewline).first ?? ""
        return Finding(source: shownStatusFile, quote: Quote.line("\(module.rawValue): \(report.status ?? "?"): \(message)"))
    }
}
