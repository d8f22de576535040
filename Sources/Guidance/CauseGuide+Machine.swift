import MatrixModel

/// How the machine was provisioned, and what the platform gives it.
extension CauseGuide {
    static let agentNotInstalled = CauseGuide(
        of: .agentNotInstalled, "The agent is not installed",
        symptom:
            "With cloud-init 24.3 or later the deployment fails with `azure-proxy-agent not found`. On a running machine systemd has no such unit.",
        proof: "`azure-proxy-agent not found` in `cloud-init.log`, or `Unit azure-proxy-agent.service could not be found.`",
        wanted: [.unitStatus, .cloudInitLog], measures: [.putAgentIntoImage, .installAgent], article: .deploymentFailed)
    static let readyWithoutKey = CauseGuide(
        of: .readyWithoutKey, "Provisioning reported ready before the agent had a key",
        symptom: "The deployment fails with `Linux.OSProvisioningInternalError` although cloud-init reported ready.",
        proof: "A cloud-init that does not wait for the agent in `cloud-init.log`, and a report of readiness that the platform did not record.",
        wanted: [.cloudInitLog, .status], measures: [.upgradeCloudInit, .putAgentIntoImage, .retryDeployment], article: .deploymentFailed)
    static let keyNotOffered = CauseGuide(
        of: .keyNotOffered, "The platform does not issue a key",
        symptom: "`keyLatchStatus.message` is `Failed to acquire key details: …` with the platform's refusal.",
        proof: "The status code (403 or similar) of the `acquire` request. A migrated disk or a replaced OS disk causes it.",
        wanted: [.keyStatus, .agentLog], measures: [.resetKey], article: .keyFailure)
}
