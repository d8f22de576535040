import GuestProtocol
import Judgement
import MatrixModel

extension Probe {
    /// Who the callers are: user, process, and what follows from it.
    static let attribution: [Probe] = [
        Probe(
            .attributedUser, "callers are reported with the right user", needs: [.attach], follows: redirections + [.listener], hiddenBy: [.forwarded],
            judge: usersRight),
        Probe(
            .attributedProcess, "callers are reported with the right process", follows: redirections + [.attributedUser, .forwarded], hiddenBy: [.signed],
            judge: processesRight),
        Probe(
            .unprivilegedDenied, "what the rules deny is denied, and nothing else", needs: [.attach], follows: redirections + [.listener, .attributedUser],
            judge: rulesFollowed),
    ]

    private static func usersRight(_ evidence: ProbeEvidence) -> ProofOutcome {
        let reaching = evidence.namedClients.filter { $0.expected != .direct && $0.expected != .failed }
        let forwarded = reaching.filter { [.signed, .unsigned].contains($0.expected) }
        guard !forwarded.isEmpty else { return .notApplicable("No request is forwarded in this scenario.") }
        let served = forwarded.compactMap { evidence.trace($0.name) }
        if let unknown = served.first(where: \.wasUnknown) {
            let who = served.allSatisfy(\.wasUnknown) ? "who made any of them" : "who client \(unknown.client.name) is"
            return .fail(.identityMissing, "Connections are redirected, but the agent does not learn \(who) and answers 421.", unknown.findings)
        }
        let clients = reaching.compactMap { evidence.trace($0.name) }
        if let wrong = clients.first(where: { $0.claimsAreRight == false }) { return misattributed(wrong) }
        let right = clients.filter { $0.claimsAreRight == true }
        guard !right.isEmpty else {
            // An agent that rejects every client reports no client.
            if let refused = served.first, served.allSatisfy(\.wasRefusedByAgent) {
                return .fail(.wronglyDenied, "The agent refused client \(refused.client.name), which its rules allow, and every other one.", refused.findings)
            }
            return evidence.undecided("a caller that the agent reported")
        }
        return .pass("\(right.count) callers were reported to the platform with the right user.", right[0].findings)
    }

    static func misattributed(_ trace: ClientTrace) -> ProofOutcome {
        .fail(
            .misattributed, "The agent reported client \(trace.client.name) (uid \(trace.client.user)) as \(trace.isRoot ? "non-root" : "root").",
            trace.findings)
    }

    /// The platform's journal has the user; the process is in the agent's own account of its callers.
    static func processesRight(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard evidence.isSigned else { return .notApplicable("The scenario does not serve its callers.") }
        let served = evidence.namedClients.compactMap { evidence.trace($0.name) }.filter { $0.outcome == .signed && $0.isRedirected == true }
        guard !served.isEmpty else { return evidence.undecided("a served caller") }
        guard evidence.cell.items[.finalStatus] != nil else {
            return .undecided("The agent's last status did not arrive, so it is not known which processes it saw.")
        }
        guard let status = evidence.finalStatus else { return .undecided("The agent's last status cannot be read.") }
        for isRoot in [true, false] {
            let path = ProbeNames.executable(isRoot: isRoot)
            let wanted = served.count { $0.isRoot == isRoot && $0.client.executable == path }
            if let failure = miscounted(status, path, isRoot: isRoot, wanted: wanted) { return failure }
        }
        return .pass("The agent names the processes of \(served.count) callers.")
    }

    /// - Returns: Nil where the agent names the process for the requests of its user only.
    static func miscounted(_ status: AgentStatus, _ path: String, isRoot: Bool, wanted: Int) -> ProofOutcome? {
        let entries = status.connections.filter { $0.processFullPath == path && $0.responseStatus == "200 OK" }
        let right = entries.filter { ($0.userName == "root") == isRoot }.reduce(0) { $0.addingReportingOverflow($1.count).partialValue }
        let wrong = entries.filter { ($0.userName == "root") != isRoot }.reduce(0) { $0.addingReportingOverflow($1.count).partialValue }
        guard right < wanted || wrong != 0 else { return nil }
        let quote = entries.first.map { "\($0.userName) \($0.processFullPath ?? "") \($0.responseStatus) \($0.count)" } ?? "no entry of \(path)"
        return .fail(
            .misattributed, "The agent names \(path) for \(right) requests of its user and \(wrong) of another; there were at least \(wanted).",
            [Finding(source: "status-final.json", quote: Quote.line(quote))])
    }

    private static func rulesFollowed(_ evidence: ProbeEvidence) -> ProofOutcome {
        let denied = evidence.namedClients.filter { $0.expected == .denied }
        guard !denied.isEmpty else { return .notApplicable("The scenario's rules deny no caller.") }
        for (name, _) in denied {
            guard let trace = evidence.trace(name) else { return evidence.undecided("client \(name)") }
            guard trace.isRedirected == true else { return .undecided("Client \(name) was not redirected.") }
            guard trace.outcome == .denied else {
                return trace.requests.isEmpty
                    ? .fail(.notForwarded, "Client \(name), which the rules deny, got no answer.", trace.findings)
                    : .fail(.wronglyAllowed, "The agent let client \(name) pass, which its rules deny.", trace.findings)
            }
        }
        for (name, wanted) in evidence.namedClients where [.signed, .unsigned].contains(wanted) {
            guard let trace = evidence.trace(name) else { return evidence.undecided("client \(name)") }
            guard !trace.wasRefusedByAgent || trace.wasUnknown else {
                return .fail(.wronglyDenied, "The agent refused client \(name), which its rules allow.", trace.findings)
            }
        }
        return .pass("\(denied.count) clients were denied, as the rules demand.", evidence.trace(denied[0].name)?.findings ?? [])
    }
}
