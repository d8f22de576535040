import Guidance
import Judgement
import MatrixModel

extension Diagnosis {
    /// The eBPF program: whether the kernel took it, and whether it could be attached.
    @Sendable static func program(_ facts: FieldFacts) -> [Conclusion] {
        guard let report = facts.status?[.ebpfProgram], report.status != nil || report.message != nil, !report.isRunning else {
            // A log alone, without a status, is the kernel's word all the same.
            return facts.status == nil ? facts.verifierLog.map { [rejection(facts, $0.value, [$0.finding])] } ?? [] : []
        }
        guard !facts.isWindows else { return [] }
        let message = report.message ?? ""
        let quote = facts.quote(.ebpfProgram)
        if message.contains("Failed to attach program 'tcp_v4_connect'") {
            return [Conclusion(.attachOther, .likely, "The kprobe on tcp_connect could not be attached: the kernel has no kprobes, or forbids them.", [quote, facts.lockdown?.finding])]
        }
        if message.contains("Failed to attach program") || message.contains("Failed to open cgroup") { return attachment(facts, quote) }
        if message.contains("Failed to load program") || message.contains("Verifier output") {
            let carried = message.firstRange(of: "Verifier output: ").map { VerifierLog(message[$0.upperBound...]) }
            // A message that is cut ends in the middle of the trace, and its last line is no reason.
            let log = facts.verifierLog?.value ?? (report.isCut ? nil : carried)
            let conclusion = rejection(facts, log, [facts.verifierLog?.finding, quote])
            // A reason that is known needs no guess at the kernel.
            return [conclusion] + (facts.release == nil && conclusion.wanted.isEmpty ? [] : age(facts, quote))
        }
        if message.contains("BTF"), facts.hasBTF?.value != true {
            return [
                Conclusion(
                    .noBTF, facts.hasBTF == nil ? .likely : .certain, "The program needs the kernel's own type information, and the agent could not have it.",
                    [quote, facts.hasBTF?.finding])
            ] + age(facts, quote)
        }
        if message.isEmpty || message.contains("is starting") || message == "Status unknown." {
            return [Conclusion(.loadFailed, .possible, "The program does not run, and why is not said.", [quote], wanted: [.agentLog, .kernelRelease, .filesystems, .mounts])] + age(facts, quote)
        }
        return [Conclusion(.loadFailed, .certain, "The agent could not set its program up.", [quote], wanted: [.agentLog])] + age(facts, quote)
    }

    private static func attachment(_ facts: FieldFacts, _ quote: Finding?) -> [Conclusion] {
        if let listed = facts.hasCgroup2, !listed.value {
            return [Conclusion(.cgroup2Unsupported, .certain, "The program has nothing to attach to: this kernel has no cgroup v2.", [quote, listed.finding])] + age(facts, quote)
        }
        guard let mounts = facts.cgroup2Mounts else {
            return [Conclusion(.attachNoCgroup2, .likely, "The program could not be attached, which is what happens where cgroup v2 is not mounted.", [quote, facts.hasCgroup2?.finding])]
                + age(facts, quote)
        }
        guard mounts.value.isEmpty else {
            return [
                Conclusion(
                    .attachOther, .likely, "The program could not be attached although cgroup v2 is mounted at \(mounts.value.map { FieldFacts.shown($0) }.joined(separator: ", ")).",
                    [quote, mounts.finding, facts.lockdown?.finding])
            ] + age(facts, quote)
        }
        return [
            Conclusion(
                .attachNoCgroup2, .certain, "cgroup v2 is mounted nowhere, so the program has nothing to attach to.\(facts.hasCgroup2?.value == true ? " The kernel has it." : "")",
                [quote, mounts.finding, facts.hasCgroup2?.finding], wanted: facts.hasCgroup2 == nil ? [.filesystems] : [])
        ]
    }

    private static func rejection(_ facts: FieldFacts, _ log: VerifierLog?, _ findings: [Finding?]) -> Conclusion {
        guard let log, let explanation = VerifierExplanation(log, type: .cgroupSockAddr, kernel: facts.series) else {
            return Conclusion(
                .verifierRejected, .certain, "The kernel refused the program; the message breaks off before the verifier's reason.", findings,
                wanted: facts.release == nil ? [.verifierLog, .kernelRelease] : [.verifierLog])
        }
        var summary = "The kernel refused the program: \(FieldFacts.shown(explanation.refusal)). \(explanation.reason)"
        if let missing = explanation.missing { summary += " Mainline has \(missing.name) since \(missing.since) (\(missing.source))." }
        let place = explanation.instruction.map { instruction in
            Finding(source: "verifier log", quote: "instruction \(instruction.index) (\(FieldFacts.shown(instruction.text)))\(instruction.source.map { " of `\(FieldFacts.shown($0))`" } ?? "")")
        }
        return Conclusion(.verifierRejected, .certain, summary, findings + [place, facts.release?.finding])
    }

    /// Whether the kernel is below the documented floor. Distributions port features back, so that alone is no proof.
    private static func age(_ facts: FieldFacts, _ quote: Finding?) -> [Conclusion] {
        guard let release = facts.release, let series = facts.series else {
            return [Conclusion(.kernelTooOld, .possible, "A kernel before \(Expectation.documentedFloor) would explain it; its release was not sent.", [quote])]
        }
        guard series < Expectation.documentedFloor else { return [] }
        return [
            Conclusion(
                .kernelTooOld, .likely, "The kernel is \(FieldFacts.shown(release.value)), and the documented floor is \(Expectation.documentedFloor).",
                [release.finding, quote], wanted: facts.distribution == nil ? [.osRelease] : [])
        ]
    }
}

extension Diagnosis {
    /// What will keep the agent from working, where nobody sent what it says itself.
    @Sendable static func environment(_ facts: FieldFacts) -> [Conclusion] {
        guard facts.status == nil, facts.recorded == nil, !facts.isWindows else { return [] }
        var found: [Conclusion] = []
        if let listed = facts.hasCgroup2, !listed.value {
            found.append(Conclusion(.cgroup2Unsupported, .likely, "This kernel has no cgroup v2, and the agent's program attaches to nothing else.", [listed.finding], wanted: [.status]))
        } else if let mounts = facts.cgroup2Mounts, mounts.value.isEmpty {
            found.append(
                Conclusion(
                    .attachNoCgroup2, .likely, "cgroup v2 is mounted nowhere, and the agent's program attaches to nothing else.",
                    [mounts.finding, facts.hasCgroup2?.finding], wanted: [.status]))
        }
        if let series = facts.series, series < Expectation.documentedFloor { found += age(facts, nil) }
        return found
    }
}

extension FieldFacts {
    static func shown(_ text: some StringProtocol) -> String { Quote.line(text) }

    var shownStatusFile: String { Quote.line(status?.file ?? "status.json") }

    /// What the status says of a module, as a finding.
    func quote(_ module: ReportedStatus.Module) -> Finding? {
        guard let report = status?[module] else { return nil }
        // Verifier output goes on for many lines, and has a file of its own.
        let message = (report.message ?? "").split(whereSeparator: \.isNewline).first ?? ""
        return Finding(source: shownStatusFile, quote: Quote.line("\(module.rawValue): \(report.status ?? "?"): \(message)"))
    }
}
