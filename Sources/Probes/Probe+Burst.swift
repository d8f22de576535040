import GuestProtocol
import Judgement
import MatrixModel

extension Probe {
    /// Many clients at once.
    static let burst: [Probe] = [
        Probe(
            .burst, "many clients at once are all served and attributed", weight: .lesser, needs: [.signed],
            follows: [.redirectedIMDS, .forwarded, .attributedUser],
            steps: { setting in
                guard setting.isSigned, setting.burst > 0 else { return [] }
                return [.burst([member(isRoot: true), member(isRoot: false)], count: setting.burst)]
            }, judge: burstServed)
    ]

    private static func member(isRoot: Bool) -> ClientSpec {
        .request(
            ProbeNames.burstPrefix + (isRoot ? "root" : "user"), .ordinary(isRoot ? 0 : ClientSpec.nobody), .imds,
            executable: ProbeNames.burstExecutable(isRoot: isRoot))
    }

    private static func burstServed(_ evidence: ProbeEvidence) -> ProofOutcome {
        let planned = evidence.cell.burst
        guard planned > 0 else { return .notApplicable("No burst is sent in this scenario.") }
        let burst = evidence.burst
        guard burst.count == planned, let first = burst.first else { return evidence.undecided("\(planned - burst.count) clients of the burst") }
        return slowness(burst) ?? loss(burst) ?? mistakes(burst, first, evidence) ?? lostEntries(evidence)
            ?? .pass("\(burst.count) clients at once were served and attributed.", first.findings)
    }

    /// Some ran out of time while others were served after more than half of that time: everything was slow, so an agent that loses clients cannot
    /// be told from a machine with too much to do.
    private static func slowness(_ burst: [ClientTrace]) -> ProofOutcome? {
        let late = burst.filter { $0.report.httpStatus == nil && !$0.report.failure.isEmpty }
        let slowest = burst.filter { $0.report.httpStatus != nil }.map(\.report.microseconds).max() ?? 0
        guard let shortest = late.map(\.report.microseconds).min(), let example = late.first, slowest > shortest / 2 else { return nil }
        return .unproven(
            .timeout,
            "Of \(burst.count) clients at once \(late.count) had no answer after \(shortest / 1_000_000) s, and others waited \(slowest / 1_000_000) s "
                + "for theirs: this machine was too slow to prove anything.",
            example.findings)
    }

    private static func loss(_ burst: [ClientTrace]) -> ProofOutcome? {
        let unknown = burst.filter(\.wasUnknown)
        if let example = unknown.first {
            return .fail(
                .eventsLost,
                "Of \(burst.count) clients at once \(unknown.count) were not recognised (421): the agent loses track of connections that come at once.",
                example.findings)
        }
        let unanswered = burst.filter { $0.outcome == .failed }
        if let example = unanswered.first, unanswered.count * 10 < burst.count, burst.allSatisfy({ $0.outcome == .signed || $0.outcome == .failed }) {
            // The network between is the emulator's, a process for each connection: a few that got lost there say nothing of the agent.
            return .unproven(
                .harness,
                "Of \(burst.count) clients at once \(unanswered.count) got no answer; whether the agent or the emulated network lost them is not proven.",
                example.findings)
        }
        guard let lost = burst.first(where: { $0.outcome != .signed }) else { return nil }
        let count = burst.count { $0.outcome != .signed }
        let cause: Cause =
            switch lost.outcome {
            case .denied: .wronglyDenied
            case .direct: .notRedirected
            case .unsigned: .requestsUnsigned
            case .refused: lost.requests.last?.claims == nil ? .notRedirected : lost.requests.last?.signature == .wrong ? .signatureWrong : .requestsUnsigned
            case .failed, .signed: .notForwarded
            }
        return .fail(
            cause, "Of \(burst.count) clients at once \(count) were not served as one alone is: client \(lost.client.name) ended as \(lost.outcome.rawValue).",
            lost.findings)
    }

    private static func mistakes(_ burst: [ClientTrace], _ first: ClientTrace, _ evidence: ProbeEvidence) -> ProofOutcome? {
        let mistaken = burst.filter { $0.claimsAreRight != true }
        if let example = mistaken.first {
            return .fail(.misattributed, "Of \(burst.count) clients at once \(mistaken.count) were reported as another user.", example.findings)
        }
        // Processes that the agent does not even name one by one are another proof's failure.
        guard processesRight(evidence).standing == .passed, let status = evidence.finalStatus else { return nil }
        for isRoot in [true, false] {
            let path = ProbeNames.burstExecutable(isRoot: isRoot)
            let wanted = burst.count { $0.isRoot == isRoot && $0.client.executable == path }
            if let failure = miscounted(status, path, isRoot: isRoot, wanted: wanted) { return failure }
        }
        return nil
    }

    /// An entry evicted unread shows only in the connection that lacks it, so the agent's own counters count too.
    private static func lostEntries(_ evidence: ProbeEvidence) -> ProofOutcome? {
        let last = evidence.finalStatus ?? evidence.status
        let losses = ["auditEntriesLost", "connectionsWithoutEntry"].compactMap { name in
            last?.ebpfProgram.states?[name].flatMap { $0 == "0" ? nil : "\(name): \(Quote.line($0))" }
        }
        guard !losses.isEmpty else { return nil }
        return .fail(
            .eventsLost, "All clients were treated as they should be by an agent that lost track of others (\(losses.joined(separator: ", "))).",
            losses.map { Finding(source: "status-final.json", quote: $0) })
    }
}
