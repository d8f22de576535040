import Guidance
import MatrixModel

extension Diagnosis {
    /// Programs that the verifier refused, by the log that gives its reason.
    static func explained(_ facts: FieldFacts) -> [Conclusion] {
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
}
