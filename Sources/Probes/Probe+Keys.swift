import GuestProtocol
import Judgement
import MatrixModel

extension Probe {
    /// The key: latched, used, kept.
    static let keys: [Probe] = [
        Probe(.keyLatched, "the agent latches the key that the platform offers", follows: [.load, .attach, .listener], judge: latched),
        Probe(
            .signed, "requests are signed with the latched key", needs: [.attach], follows: redirections + [.attributedUser, .keyLatched, .forwarded],
            judge: signedRequests),
        Probe(
            .keyKept, "the key survives a restart of the agent", needs: [.signed], follows: [.redirectedIMDS],
            steps: { setting in
                setting.isSigned ? [.restarted(.root(ProbeNames.afterRestart, .imds))] : []
            }, judge: kept),
    ]

    private static func latched(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard evidence.isSigned else { return .notApplicable("The scenario leaves the agent without a key.") }
        if let request = evidence.cell.journal?.first(where: { $0.signature == .verified }) {
            return .pass("The platform verified a signature with the key it had handed out.", [finding(request)])
        }
        let findings = evidence.status.map { [$0.finding("keyLatchStatus", $0.keyLatch)] } ?? lastLine(evidence.cell, .agentLog, "agent.log", containing: "key")
        guard !evidence.isPlatformSilent else { return evidence.undecided("a key") }
        let words = evidence.status.map { "it reports \(Quote.line($0.overall))" } ?? "it reports nothing"
        return .fail(.keyNotLatched, "The agent signed nothing, where the platform offered it a key; \(words).", findings)
    }

    private static func signedRequests(_ evidence: ProbeEvidence) -> ProofOutcome {
        let clients = evidence.namedClients.filter { $0.expected == .signed || $0.expected == .unsigned }
        guard !clients.isEmpty else { return .notApplicable("No request is forwarded in this scenario.") }
        var count = 0
        for (name, wanted) in clients {
            guard let trace = evidence.trace(name) else { return evidence.undecided("client \(name)") }
            // One that never came through the agent, or was refused by it, shows nothing about signatures.
            guard let request = trace.requests.last, request.cameThroughAgent else { continue }
            switch (wanted, request.signature) {
            case (.signed, .verified), (.unsigned, .absent): count += 1
            case (_, .wrong): return .fail(.signatureWrong, "The platform found the signature of client \(name)'s request to be wrong.", trace.findings)
            case (.signed, _):
                return .fail(.requestsUnsigned, "The request of client \(name) reached the platform without the agent's signature.", trace.findings)
            default: return .fail(.scenarioContradicted, "The request of client \(name) was signed where the agent can have no key.", trace.findings)
            }
        }
        return count > 0
            ? .pass(
                "\(count) requests bore the signature that the platform expects.", clients.lazy.compactMap { evidence.trace($0.name)?.findings }.first ?? [])
            : evidence.undecided("a forwarded request")
    }

    private static func kept(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard evidence.isPlanned(ProbeNames.afterRestart) else { return .notApplicable("The agent is not started a second time in this cell.") }
        guard let after = evidence.trace(ProbeNames.afterRestart) else { return evidence.undecided("client \(ProbeNames.afterRestart)") }
        guard after.requests.last?.signature == .verified else {
            return .fail(.keyLostOnRestart, "After a restart of the agent requests are no longer signed (\(after.outcome.rawValue)).", after.findings)
        }
        let before = (evidence.cell.journal ?? []).last { $0.signature == .verified && $0.client != nil && $0.client != after.client.name }
        guard before?.signedWith == after.requests.last?.signedWith else {
            return .fail(
                .keyLostOnRestart, "After a restart the agent signs with another key than before.",
                [Finding(source: "fabric.jsonl", quote: Quote.line("\(before?.signedWith ?? "none"), then \(after.requests.last?.signedWith ?? "none")"))])
        }
        return .pass("Requests after a restart bear the same key.", after.findings)
    }
}
