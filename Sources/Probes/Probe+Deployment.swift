import GuestProtocol
public import Judgement
public import MatrixModel

extension Probe {
    /// What a deployment came to: what the platform heard of it.
    static let deployment: [Probe] = [
        Probe(
            .provisioned, "the deployment is reported to the platform, which records it", follows: [.load, .attach, .listener, .keyLatched, .statusAgrees],
            judge: reported)
    ]

    private static func reported(_ evidence: ProbeEvidence) -> ProofOutcome {
        guard let deployment = evidence.cell.deployment else { return .notApplicable("The guest was not deployed.") }
        guard let report = evidence.cell.provisioningReport else { return silence(deployment, evidence) }
        let finding = Finding(source: "fabric.jsonl", quote: Quote.line("health: \(report.inWords)"))
        guard report.isReady else { return failureReport(report, deployment, finding, evidence) }
        guard report.isRecorded else {
            let reason = deployment.hasAgent ? "before the agent had a key" : "and the image has no agent to have a key"
            return .fail(.readyWithoutKey, "cloud-init reported ready \(reason), which the platform does not record as a success.", [finding])
        }
        return .pass("cloud-init reported ready, and the platform recorded it.", [finding])
    }

    /// Where the platform refuses what is not signed, the word that provisioning failed does not reach it.
    private static func silence(_ deployment: Deployment, _ evidence: ProbeEvidence) -> ProofOutcome {
        let refused = evidence.cell.journal?.last { $0.endpoint == .wireServer && $0.status == 403 && $0.claims == nil }
        guard deployment.hasAgent, let refused else {
            return .unproven(.provisioningUnproven, "cloud-init reported nothing to the platform.", lastLine(evidence.cell, .cloudInitLog, "cloud-init.log"))
        }
        let quote = "\(refused.method) \(refused.target) answered 403\(refused.note.map { " (\($0))" } ?? "")"
        return .undecided(
            "cloud-init could report nothing, for the platform refused its unsigned requests: \(Quote.line(quote)).", cause: .provisioningUnproven)
    }

    private static func failureReport(_ report: ProvisioningReport, _ deployment: Deployment, _ finding: Finding, _ evidence: ProbeEvidence) -> ProofOutcome {
        if report.description?.contains(agentNotFound) == true {
            return .fail(.agentNotInstalled, "cloud-init reported to the platform that the agent is not installed.", [finding])
        }
        guard deployment.hasAgent else {
            return .unproven(.provisioningUnproven, "cloud-init reported a failure of provisioning that is not about the agent.", [finding])
        }
        // An agent that has no key because this platform hands out none says so itself, as it must.
        if evidence.expectation.status != "SUCCESS", let status = evidence.status, status.overall == evidence.expectation.status, !status.keyLatch.isRunning {
            return .fail(
                .keyNotOffered, "The platform offers the agent no key, and the agent says so.", [finding, status.finding("keyLatchStatus", status.keyLatch)])
        }
        return .undecided("cloud-init reported a failure of provisioning, and yet the agent works: \(finding.quote).", cause: .provisioningUnproven)
    }

    /// cloud-init's own words (its commit b71f48f8f of August 2024, in 24.3).
    static let agentNotFound = "azure-proxy-agent not found"
}

extension DeploymentFinding {
    /// The deployment next to the article's table (its section on provisioning failures); nil for a cell without a deployment.
    public init?(_ evidence: CellEvidence) {
        guard let deployment = evidence.deployment else { return nil }
        let version = evidence.cloudInitVersion
        let report = evidence.provisioningReport
        let saw = report?.inWords ?? "nothing"
        guard deployment.asksForAgent, let version, let waits = CloudInitVersion(version)?.waitsForAgent else {
            self.init(row: nil, cloudInit: version, documented: nil, platformSaw: saw, matches: nil)
            return
        }
        let row: (Int, String, Bool)
        switch (deployment.hasAgent, waits) {
        case (false, false): row = (1, "ready, not recorded", report?.isReady == true && report?.isRecorded == false)
        case (false, true):
            row = (2, "not ready: \(Probe.agentNotFound)", report?.description?.contains(Probe.agentNotFound) == true && report?.isReady == false)
        // The article says `might`, and so both ends of the race are as it says.
        case (true, false): row = (3, "ready, perhaps before the agent has the key", report?.isReady == true)
        case (true, true):
            let status = evidence.items[.status].flatMap { AgentStatus(json: $0.bytes) }
            row =
                status?.overall == "SUCCESS" && evidence.agentEnding == nil
                ? (4, "ready", report?.isReady == true && report?.isRecorded == true) : (4, "not ready: the agent is unhealthy", report?.isReady == false)
        }
        self.init(row: row.0, cloudInit: version, documented: row.1, platformSaw: saw, matches: row.2)
    }
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
