import Guidance
import MatrixModel

extension Diagnosis {
    /// Programs that did not load, without a reason of the verifier's.
    static func loads(_ facts: FieldFacts) -> [Conclusion] {
        guard let entry = facts.failures.filter({ $0.failure.stage == .load }).max(by: { weight($0) < weight($1) }) else { return unannounced(facts) }
        let failure = entry.failure
        let logs = facts.reports.map(\.report)
        let error = failure.error ?? logs.last?.error ?? facts.failures.compactMap { $0.failure.stage == .load ? $0.failure.error : nil }.last
        if error == .noSystemCall { return [noSystemCall(facts, entry)] }
        if failure.outcome == .failed, logs.isEmpty, let complaint = facts.loaderComplaint { return [beforeLoad(facts, entry, complaint)] }
        if failure.outcome == .failed, logs.isEmpty, let complaint = facts.typeComplaint { return [noTypes(facts, [entry.finding, complaint])] }
        switch failure.outcome {
        case .cut: return cut(facts, entry, error)
        case .failedAfterwards: return [afterwards(facts, entry, error, logs.last?.log)]
        case .neverVerified: return [neverVerified(facts, entry, error)]
        case .refused, .failed:
            if let log = logs.last?.log, log.state == .finished { return [afterwards(facts, entry, error, log)] }
            if let log = logs.last?.log, log.state == .cut { return cut(facts, entry, error) }
            if error == .notPermitted || failure.line.contains("Verifier output:") { return [neverVerified(facts, entry, error)] }
            return [unsaid(facts, entry, error)]
        }
    }

    /// A load that the loader itself gave up.
    private static func beforeLoad(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ complaint: Observed<FieldFacts.LoaderComplaint>) -> Conclusion {
        let reason: String =
            switch complaint.value {
            case .programType: "its section's name says no type of program that the loader knows. That is wrong on any kernel."
            case .missingSymbol(let name):
                "it uses `\(FieldFacts.shown(name))`, which neither this kernel nor its modules have. Since when mainline has it is not known here."
            case .missingTarget(let name):
                "it traces `\(FieldFacts.shown(name))`, which this kernel does not have under that name, or inlines."
            }
        return Conclusion(
            .loadFailed, .likely, "The program was never shown to the kernel: \(reason)", [complaint.finding, entry.finding, facts.release?.finding],
            wanted: facts.release == nil ? [.kernelRelease] : [], advice: [.measure(.upgradeAgent), .measure(.reportAgent), .measure(.optOut)])
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
        case .cut: return cut(facts, entry, report.report.error)
        case .empty, .refused: return []
        }
    }

    /// A log that breaks off. Two errors say that its end would have no reason: the log did not fit, or the JIT compiler failed.
    private static func cut(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ error: SystemError?) -> [Conclusion] {
        if error == .noSpace { return [unsaid(facts, entry, error)] }
        if error == .notSupportedInKernel { return [afterwards(facts, entry, error, nil)] }
        let conclusion = Conclusion(
            .verifierRejected, .certain, "The kernel's verifier rejected the program; the message breaks off before the reason.",
            [entry.finding, facts.quote(.ebpfProgram)],
            wanted: facts.release == nil ? [.verifierLog, .kernelRelease] : [.verifierLog],
            advice: [.measure(.readVerifierLog), .measure(.upgradeAgent), .measure(.reportAgent), .measure(.optOut)])
        return [conclusion] + age(facts, entry.finding)
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

    static func noTypes(_ facts: FieldFacts, _ findings: [Finding?]) -> Conclusion {
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
            case .noMemory: " ENOMEM says that memory was refused: the JIT compiler's limit, a cgroup's, or before 5.11 the limit of locked memory."
            case .notSupportedInKernel:
                " ENOTSUPP comes from the JIT compiler, which failed or is switched off, or from a way to attach that this architecture lacks."
            default: ""
            }
        return Conclusion(
            .loadFailed, .possible,
            "The program did not load\(name), and the \(entry.failure.outcome == .cut ? "end of the " : "")verifier's log was not sent.\(hint)",
            [entry.finding, facts.release?.finding],
            wanted: (error == .noMemory ? [.jitSettings, .privileges] : error == .notSupportedInKernel ? [.jitSettings] : []) + [.verifierLog, .agentLog]
                + (facts.release == nil ? [.kernelRelease] : []),
            advice: [.measure(.readVerifierLog), .measure(.readAgentLogs), .measure(.reportAgent)])
    }
}
