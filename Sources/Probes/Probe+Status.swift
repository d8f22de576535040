import GuestProtocol
import Judgement
import MatrixModel

extension Probe {
    /// What the agent says of itself, next to what the platform saw.
    static let status: [Probe] = [
        Probe(
            .statusAgrees, "status.json agrees with what the platform saw", follows: [.load, .attach, .listener] + redirections + [.keyLatched],
            judge: statusAgreement)
    ]

    private static func statusAgreement(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard evidence.cell.items[.status] != nil else {
            return .fail(.agentSilent, "The agent wrote no status.json in the time it had.", lastLine(evidence.cell, .agentLog, "agent.log"))
        }
        if let broken = unreadableStatus(evidence) { return broken }
        guard let status = evidence.status else { return .undecided("The agent's status did not arrive.") }
        return contradiction(status, evidence) ?? difference(status, evidence.expectation)
            ?? .pass(
                "status.json says \(Quote.line(status.overall)), as it should.",
                [status.finding("ebpfProgramStatus", status.ebpfProgram), status.finding("keyLatchStatus", status.keyLatch)])
    }

    /// - Returns: Nil for a status that can be read, and for none.
    static func unreadableStatus(_ evidence: ProbeEvidence) -> ProofOutcome? {
        guard let item = evidence.cell.items[.status], evidence.status == nil else { return nil }
        let size = item.length ?? UInt64(item.bytes.count)
        return .fail(
            .agentStatusBroken, "The agent wrote a status.json of \(size) bytes that cannot be read.",
            [Finding(source: "status.json", quote: Quote.line(String(decoding: item.bytes.prefix(200), as: UTF8.self)))])
    }

    /// The platform is the witness: requests that come through an agent which says that it does not run.
    private static func contradiction(_ status: AgentStatus, _ evidence: ProbeEvidence) -> ProofOutcome? {
        guard let seen = evidence.throughAgent else {
            return status.ebpfProgram.isRunning && status.proxyListener.isRunning
                ? nil : .undecided("The agent says that it does not run, and nothing came through it.")
        }
        for (name, module) in [("ebpfProgramStatus", status.ebpfProgram), ("proxyListenerStatus", status.proxyListener)] where !module.isRunning {
            return .fail(
                .statusContradicted, "The agent's \(name) is \(Quote.line(module.status)), yet the platform saw requests come through it.",
                [status.finding(name, module), finding(seen)])
        }
        return nil
    }

    private static func difference(_ status: AgentStatus, _ expectation: ScenarioExpectation) -> ProofOutcome? {
        guard status.overall == expectation.status else {
            return .fail(
                .statusContradicted, "The agent reports \(Quote.line(status.overall)) where the scenario demands \(expectation.status).",
                [status.finding("keyLatchStatus", status.keyLatch)])
        }
        let found = [
            ("keyLatchStatus.status", expectation.keyLatch, status.keyLatch.status == expectation.keyLatch),
            ("keyLatchStatus.message", expectation.message, status.keyLatch.message.contains(expectation.message ?? "")),
            ("secureChannelState", expectation.channel, status.keyLatch.states?["secureChannelState"] == expectation.channel),
        ]
        for case (let name, let wanted?, false) in found {
            return .fail(
                .scenarioContradicted, "The agent's \(name) is not \u{201C}\(Quote.line(wanted))\u{201D}, as this scenario demands.",
                [status.finding("keyLatchStatus", status.keyLatch)])
        }
        return nil
    }
}
