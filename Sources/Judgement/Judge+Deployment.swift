import GuestProtocol
import Guidance
public import MatrixModel

extension Judge {
    /// What a deployment came to, when that already decides the cell: what the platform heard, and in the agent's case why.
    static func deploymentJudgment(_ evidence: CellEvidence) -> Judgment? {
        guard let deployment = evidence.deployment else { return nil }
        guard let report = evidence.provisioningReport else {
            if deployment.hasAgent, let refused = evidence.journal?.last(where: { $0.endpoint == .wireServer && $0.status == 403 && $0.claims == nil }), let why = agentFailure(evidence) {
                let quote = "\(refused.method) \(refused.target) answered 403\(refused.note.map { " (\($0))" } ?? "")"
                return Judgment(
                    verdict: why.verdict, cause: why.cause, summary: "cloud-init could report nothing, for the platform refused its unsigned requests. \(why.summary)",
                    findings: [Finding(source: "fabric.jsonl", quote: Quote.line(quote))] + why.findings)
            }
            return Judgment(
                cause: .provisioningUnproven, summary: "cloud-init reported nothing to the platform.",
                findings: lastLine(evidence, .cloudInitLog, "cloud-init.log"))
        }
        let finding = Finding(source: "fabric.jsonl", quote: Quote.line("health: \(report.inWords)"))
        if !report.isReady {
            if report.description?.contains(agentNotFound) == true {
                return Judgment(cause: .agentNotInstalled, summary: "cloud-init reported to the platform that the agent is not installed.", findings: [finding])
            }
            guard deployment.hasAgent else {
                return Judgment(cause: .provisioningUnproven, summary: "cloud-init reported a failure of provisioning that is not about the agent.", findings: [finding])
            }
            let why = agentFailure(evidence) ?? keyRefusal(evidence) ?? behaviour(evidence)
            guard why.verdict != .compatible else {
                return Judgment(cause: .provisioningUnproven, summary: "cloud-init reported a failure of provisioning, and yet the agent works.", findings: [finding])
            }
            return Judgment(verdict: why.verdict, cause: why.cause, summary: "cloud-init reported a failure of provisioning to the platform. \(why.summary)", findings: [finding] + why.findings)
        }
        guard report.isRecorded else {
            let reason = deployment.hasAgent ? "before the agent had a key" : "and the image has no agent to have a key"
            return Judgment(
                cause: .readyWithoutKey, summary: "cloud-init reported ready \(reason), which the platform does not take for a success.", findings: [finding])
        }
        // Without an agent nothing but this is to be known.
        guard deployment.hasAgent else {
            return Judgment(verdict: .compatible, cause: nil, summary: "cloud-init reported ready, and the platform took it.", findings: [finding])
        }
        return nil
    }

    /// An agent that has no key because this platform hands out none: then it says so itself, as it must.
    private static func keyRefusal(_ evidence: CellEvidence) -> Judgment? {
        guard evidence.expectation.status != "SUCCESS", let status = evidence.items[.status].flatMap({ AgentStatus(json: $0.bytes) }),
            status.overall == evidence.expectation.status, !status.keyLatch.isRunning
        else { return nil }
        return Judgment(
            cause: .keyNotOffered, summary: "The platform offers the agent no key, and the agent says so.", findings: [statusFinding("keyLatchStatus", status.keyLatch)])
    }

    /// The deployment beside the article's table (its section on provisioning failures).
    public static func deploymentFinding(_ evidence: CellEvidence) -> DeploymentFinding? {
        guard let deployment = evidence.deployment else { return nil }
        let version = evidence.cloudInitVersion
        let report = evidence.provisioningReport
        let saw = report?.inWords ?? "nothing"
        guard deployment.asksForAgent, let version, let waits = CloudInitVersion(version)?.waitsForAgent else {
            return DeploymentFinding(row: nil, cloudInit: version, documented: nil, platformSaw: saw, matches: nil)
        }
        let row: (Int, String, Bool)
        switch (deployment.hasAgent, waits) {
        case (false, false): row = (1, "ready, not recorded", report?.isReady == true && report?.isRecorded == false)
        case (false, true): row = (2, "not ready: \(agentNotFound)", report?.description?.contains(agentNotFound) == true && report?.isReady == false)
        // The article says `might`, and so both ends of the race are as it says.
        case (true, false): row = (3, "ready, perhaps before the agent has the key", report?.isReady == true)
        case (true, true):
            let status = evidence.items[.status].flatMap { AgentStatus(json: $0.bytes) }
            row = status?.overall == "SUCCESS" && evidence.agentEnding == nil
                ? (4, "ready", report?.isReady == true && report?.isRecorded == true) : (4, "not ready: the agent is unhealthy", report?.isReady == false)
        }
        return DeploymentFinding(row: row.0, cloudInit: version, documented: row.1, platformSaw: saw, matches: row.2)
    }

    /// cloud-init's own words (its commit b71f48f8f of August 2024, in 24.3).
    private static let agentNotFound = "azure-proxy-agent not found"
}

extension CellEvidence {
    /// The last report of the guest's provisioning that the platform answered.
    var provisioningReport: ProvisioningReport? { journal?.last { $0.report != nil && $0.status == 200 }?.report }

    /// As cloud-init names itself in the first line of its log that does.
    var cloudInitVersion: String? {
        guard let text = items[.cloudInitLog]?.text, let start = text.firstRange(of: "Cloud-init v. ") else { return nil }
        return String(text[start.upperBound...].prefix { $0.isLetter || $0.isNumber || ".-~+:".contains($0) }.prefix(64))
    }
}

extension ProvisioningReport {
    var inWords: String {
        if isReady { return isRecorded ? "ready" : "ready, not recorded" }
        return "not ready\(description.map { ": \($0)" } ?? "")"
    }
}
