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

    // MARK: - Refused by the verifier

    private static func explained(_ facts: FieldFacts) -> [Conclusion] {
        let refused = facts.reports.filter { $0.report.log.state == .refused }
        // A separate log is longer than the message in the status.
        guard let chosen = refused.last(where: { !$0.isOfStatus }) ?? refused.last else { return [] }
        let report = chosen.report
        let type = (report.subject ?? facts.failures.last { $0.failure.stage == .load }?.failure.subject).flatMap { BPFProgramType(programName: $0) }
        guard let explanation = VerifierExplanation(report.log, type: type, kernel: facts.series) else { return [] }
        let place = explanation.instruction.map { instruction in
            Finding(
                source: "verifier log",
                quote:
                    "instruction \(instruction.index) "
                    + "(\(FieldFacts.shown(instruction.text)))\(instruction.source.map { " of `\(FieldFacts.shown($0))`" } ?? "")"
            )
        }
        let findings = [chosen.finding, facts.status.flatMap { _ in facts.quote(.ebpfProgram) }, place, facts.release?.finding]
        if case .withheld(let byLockdown) = explanation.answer { return [withheld(explanation, byLockdown: byLockdown, facts, findings)] }
        // A journal (`falcon-sensor[500]: …`) says whose program it is.
        let isNamed = report.speaker.map { !$0.hasPrefix("azure-proxy") && report.line.contains("\($0)[") } ?? false
        let owner = isNamed ? " of `\(FieldFacts.shown(report.speaker ?? ""))`" : ""
        let since = explanation.missing.map { "\(explanation.reason) Mainline has \($0.name) since \($0.since) (\($0.source))." }
        let summary = "The kernel's verifier rejected the program\(owner): \(words(explanation)). \(since ?? explanation.conclusion)"
        let isGuess = explanation.answer == .privilege || report.log.isHalf
        return [
            Conclusion(
                explanation.cause, isGuess || !report.log.isEnded && VerifierExplanation(report.log)?.answer == .unknown ? .likely : .certain, summary,
                findings,
                wanted: wanted(explanation, facts), advice: explanation.advice)
        ]
    }

    private static func words(_ explanation: VerifierExplanation) -> String {
        let words = FieldFacts.shown(explanation.refusal)
        return words.hasSuffix(".") ? String(words.dropLast()) : words
    }

    private static func wanted(_ explanation: VerifierExplanation, _ facts: FieldFacts) -> [WantedFile] {
        switch explanation.answer {
        case .privilege: [.privileges]
        case .unknown: facts.release == nil ? [.verifierLog, .kernelRelease] : [.verifierLog]
        default: []
        }
    }

    /// A helper that the kernel has and withholds: lockdown where a line proves it, otherwise what would settle it.
    private static func withheld(_ explanation: VerifierExplanation, byLockdown: Bool, _ facts: FieldFacts, _ findings: [Finding?]) -> Conclusion {
        let refusal = "The kernel's verifier rejected the program: \(words(explanation))."
        let mode = explanation.helper?.lockdownMode
        let proofs = facts.lockdownProofs(atLeast: mode ?? "confidentiality")
        if byLockdown, !proofs.isEmpty {
            let since = explanation.helper.map { " \($0.name) is in mainline since \($0.feature.since), so it is withheld and not missing." } ?? ""
            return Conclusion(.lockdown, .certain, "\(refusal) Lockdown mode withholds the helper.\(since)", proofs + findings)
        }
        if byLockdown, facts.lockdown == nil {
            return Conclusion(
                .lockdown, .likely, "\(refusal) \(explanation.reason)", findings, wanted: [.securityModules, .commandLine, .kernelLog],
                advice: explanation.advice)
        }
        let mode2 = facts.lockdown.map { " Lockdown mode is `\(FieldFacts.shown($0.value))`, which does not withhold it." } ?? ""
        let reason =
            byLockdown
            ? "The kernel has \(explanation.helper?.name ?? "the helper") and withholds it here; a newer kernel does not help.\(mode2)" : explanation.reason
        return Conclusion(
            .verifierRejected, .likely, "\(refusal) \(reason)", findings + [byLockdown ? facts.lockdown?.finding : nil],
            wanted: byLockdown ? [.privileges, .auditLog] : [.privileges, .securityModules],
            advice: [.measure(.checkLockdown), .measure(.grantPrivilege), .measure(.upgradeAgent), .measure(.reportAgent)])
    }

    // MARK: - What a loader found missing

    /// A loader tried a feature, and names the release of the kernel that has it.
    private static func required(_ facts: FieldFacts) -> [Conclusion] {
        guard let entry = facts.failures.last(where: { $0.failure.required != nil }), let feature = entry.failure.required else { return [] }
        // A feature that the running kernel has failed for another reason: privilege or policy.
        if let series = facts.series, feature.isIn(series) { return [] }
        let cause: Cause =
            switch entry.failure.stage {
            case .map: .mapNotCreated
            case .attach, .link: .linkNotCreated
            case .load, .listener, .key: .loadFailed
            }
        let kernel = facts.release.map { ", and the kernel is \(FieldFacts.shown($0.value))" } ?? ""
        return [
            Conclusion(
                cause, facts.release == nil ? .likely : .certain,
                "The loader found that this kernel lacks what it needs. Mainline has \(FieldFacts.shown(feature.name)) since \(feature.since)\(kernel).",
                [entry.finding, facts.release?.finding], wanted: facts.release == nil ? [.kernelRelease] : [],
                advice: [.newerKernel(feature), .measure(.upgradeAgent), .measure(.optOut)])
        ]
    }

    // MARK: - Maps

    private static func maps(_ facts: FieldFacts) -> [Conclusion] {
        guard let entry = facts.failures.last(where: { $0.failure.stage == .map }) else { return [] }
        let failure = entry.failure
        let name = failure.subject.map { "map `\(FieldFacts.shown($0))`" } ?? "one of the program's maps"
        let head = "The kernel did not create \(name)\(failure.error.map { " (\($0.name))" } ?? ""); the program was never shown to the verifier."
        if failure.error == .notPermitted || failure.error == .accessDenied { return [privilege(facts, entry, head)] }
        let type = BPFMapType.named(in: failure.line) ?? failure.subject.flatMap { BPFMapType.suggested(byName: $0) }
        if failure.error == .invalid || failure.error == nil, let type, let series = facts.series, !type.isIn(series) {
            let isNamed = BPFMapType.named(in: failure.line) != nil
            return [
                Conclusion(
                    .mapNotCreated, isNamed ? .certain : .likely,
                    "\(head) Mainline has \(type.name) since \(type.since), and the kernel is \(FieldFacts.shown(facts.release?.value ?? "")).",
                    [entry.finding, facts.release?.finding], wanted: [], advice: [.newerKernel(type), .measure(.upgradeAgent), .measure(.optOut)])
            ]
        }
        let hint: String =
            switch failure.error {
            case .noMemory, .tooBig: " There is not enough memory for it, or it is larger than the kernel allows."
            case .invalid: type.map { " A kernel before \($0.since) does not know \($0.name)." } ?? " Its type or a flag may be unknown to this kernel."
            default: ""
            }
        return [
            Conclusion(
                .mapNotCreated, .likely, head + hint, [entry.finding, facts.release?.finding],
                wanted: facts.release == nil ? [.kernelRelease, .agentLog] : [.agentLog])
        ]
    }

    // MARK: - Loads without a reason of the verifier's

    private static func loads(_ facts: FieldFacts) -> [Conclusion] {
        guard let entry = facts.failures.filter({ $0.failure.stage == .load }).max(by: { weight($0) < weight($1) }) else { return unannounced(facts) }
        let failure = entry.failure
        let logs = facts.reports.map(\.report)
        let error = failure.error ?? logs.last?.error ?? facts.failures.compactMap { $0.failure.stage == .load ? $0.failure.error : nil }.last
        if error == .noSystemCall { return [noSystemCall(facts, entry)] }
        if failure.outcome == .failed, logs.isEmpty, let complaint = facts.typeComplaint { return [noTypes(facts, [entry.finding, complaint])] }
        switch failure.outcome {
        case .cut: return [cut(facts, entry)] + age(facts, entry.finding)
        case .failedAfterwards: return [afterwards(facts, entry, error, logs.last?.log)]
        case .neverVerified: return [neverVerified(facts, entry, error)]
        case .refused, .failed:
            if let log = logs.last?.log, log.state == .finished { return [afterwards(facts, entry, error, log)] }
            if let log = logs.last?.log, log.state == .cut { return [cut(facts, entry)] + age(facts, entry.finding) }
            if error == .notPermitted || failure.line.contains("Verifier output:") { return [neverVerified(facts, entry, error)] }
            return [unsaid(facts, entry, error)]
        }
    }

    /// The outcome that tells most has the highest weight.
    private static func weight(_ entry: FieldFacts.Failure) -> Int {
        switch entry.failure.outcome {
        case .refused: 5
        case .failedAfterwards: 4
        case .neverVerified: 3
        case .cut: 2
        case .failed: entry.failure.error == nil ? 0 : 1
        }
    }

    /// A log alone, without a loader's words.
    private static func unannounced(_ facts: FieldFacts) -> [Conclusion] {
        guard let report = facts.reports.last, report.report.isFramed || report.report.error != nil else { return [] }
        let entry = FieldFacts.Failure(
            failure: SetupFailure.ofLog(report.report), finding: report.finding, isOfStatus: report.isOfStatus)
        switch report.report.log.state {
        case .finished: return report.report.error == nil ? [] : [afterwards(facts, entry, report.report.error, report.report.log)]
        case .cut: return [cut(facts, entry)]
        case .empty, .refused: return []
        }
    }

    private static func cut(_ facts: FieldFacts, _ entry: FieldFacts.Failure) -> Conclusion {
        Conclusion(
            .verifierRejected, .certain, "The kernel's verifier rejected the program; the message breaks off before the reason.",
            [entry.finding, facts.quote(.ebpfProgram)],
            wanted: facts.release == nil ? [.verifierLog, .kernelRelease] : [.verifierLog],
            advice: [.measure(.readVerifierLog), .measure(.upgradeAgent), .measure(.reportAgent), .measure(.optOut)])
    }

    private static func afterwards(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ error: SystemError?, _ log: VerifierLog?) -> Conclusion {
        let count = log?.processed.map { " after \($0) instructions" } ?? ""
        let head = "The program did not load\(error.map { " (\($0.name))" } ?? ""), and the verifier's log ends\(count) without a reason."
        if error == .notSupportedInKernel {
            return Conclusion(
                .jitFailed, .likely, "\(head) ENOTSUPP behind a log without a reason comes from the JIT compiler.", [entry.finding, facts.jitEnabled?.finding],
                wanted: [.jitSettings, .kernelLog])
        }
        let earlier =
            facts.earlierRelease.map {
                " It loaded on \(FieldFacts.shown($0.value)), so the change of the kernel brought it about: a distribution may have ported a stricter "
                    + "check back."
            } ?? ""
        return Conclusion(
            .loadFailed, .possible, head + earlier + " The cause is undetermined.", [entry.finding, facts.release?.finding, facts.earlierRelease?.finding],
            wanted: (facts.release == nil ? [.kernelRelease] : []) + [.kernelLog, .jitSettings, .auditLog],
            advice: [.measure(.previousKernel), .measure(.reportAgent), .measure(.upgradeAgent)])
    }

    private static func neverVerified(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ error: SystemError?) -> Conclusion {
        let head = "The program was never verified\(error.map { " (\($0.name))" } ?? ""): the verifier's output is empty."
        if error == .notPermitted || error == .accessDenied { return privilege(facts, entry, head) }
        if let proven = provenPolicy(facts, head, [entry.finding]) { return proven }
        return Conclusion(
            .loadFailed, .possible,
            "\(head) A missing privilege, a security module, the kernel's configuration or an unknown type of program causes this; the message does "
                + "not say which.",
            [entry.finding, facts.quote(.ebpfProgram)],
            wanted: [.privileges, .auditLog, .securityModules, .agentLog] + (facts.release == nil ? [.kernelRelease] : []),
            advice: [.measure(.grantPrivilege), .measure(.checkLockdown), .measure(.readAgentLogs)])
    }

    /// ENOSYS: the kernel has no bpf(2), or a seccomp profile answers in its place.
    private static func noSystemCall(_ facts: FieldFacts, _ entry: FieldFacts.Failure) -> Conclusion {
        let head = "The kernel has no bpf(2) call (ENOSYS): it was built without CONFIG_BPF_SYSCALL, or a seccomp profile forbids the call."
        if let proven = provenPolicy(facts, "The kernel has no bpf(2) call (ENOSYS).", [entry.finding]) { return proven }
        return Conclusion(.kernelConfiguration, .likely, head, [entry.finding, facts.release?.finding], wanted: [.kernelConfiguration, .privileges])
    }

    private static func noTypes(_ facts: FieldFacts, _ findings: [Finding?]) -> Conclusion {
        let isProven = facts.hasBTF?.value == false || facts.options["CONFIG_DEBUG_INFO_BTF"]?.value == false
        return Conclusion(
            .noBTF, isProven ? .certain : .likely, "The program needs the kernel's type information (BTF), and the loader did not find it.",
            findings + [facts.hasBTF?.finding, facts.options["CONFIG_DEBUG_INFO_BTF"]?.finding], wanted: isProven ? [] : [.kernelConfiguration, .kernelRelease])
    }

    private static func unsaid(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ error: SystemError?) -> Conclusion {
        let name = error.map { " (\($0.name))" } ?? ""
        if let proven = provenPolicy(facts, "The program did not load\(name).", [entry.finding]) { return proven }
        let hint: String =
            switch error {
            case .tooBig: " E2BIG says that it is too large: more than 4096 instructions before 5.2, or more than a million steps of the verifier since."
            case .noSpace: " ENOSPC says that the loader's buffer was too small for the verifier's log; why the program was refused is not in this text."
            default: ""
            }
        return Conclusion(
            .loadFailed, .possible, "The program did not load\(name), and the verifier's log was not sent.\(hint)", [entry.finding, facts.release?.finding],
            wanted: [.verifierLog, .agentLog] + (facts.release == nil ? [.kernelRelease] : []),
            advice: [.measure(.readVerifierLog), .measure(.readAgentLogs), .measure(.reportAgent)])
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

    /// Whether the kernel is below the documented floor, where nothing better explains a failure. Distributions port features back.
    static func age(_ facts: FieldFacts, _ quote: Finding?) -> [Conclusion] {
        guard let release = facts.release else {
            return [
                Conclusion(
                    .kernelTooOld, .possible, "A kernel before \(Expectation.documentedFloor) could explain it; its release was not sent.", [quote],
                    advice: [.kernelOfFloor(Expectation.documentedFloor)])
            ]
        }
        guard facts.isBelowFloor else { return [] }
        return [
            Conclusion(
                .kernelTooOld, quote == nil ? .likely : .possible,
                "The kernel is \(FieldFacts.shown(release.value)), and the documented floor is \(Expectation.documentedFloor). Distributions port "
                    + "much of BPF back, so the number alone proves nothing.",
                [release.finding, quote], wanted: facts.status == nil ? [.status] : [],
                advice: [.kernelOfFloor(Expectation.documentedFloor), .measure(.upgradeRelease), .measure(.optOut)])
        ]
    }
}

extension FieldFacts {
    static func shown(_ text: some StringProtocol) -> String { Quote.line(text) }

    var shownStatusFile: String { Quote.line(status?.file ?? "status.json") }

    /// Whether the release is below the floor and not of a distribution that is documented as supported: RHEL 9 and SLES 15 SP4 have 5.14.
    var isBelowFloor: Bool {
        guard let series, series < Expectation.documentedFloor else { return false }
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
