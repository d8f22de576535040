import Guidance
import MatrixModel

extension Diagnosis {
    /// The drivers and the service of Windows.
    @Sendable static func services(_ facts: FieldFacts) -> [Conclusion] {
        var found: [Conclusion] = []
        func describe(_ name: String) -> String? {
            switch facts.services[name]?.value {
            case .other(let state): "\(name) is \(state)"
            case .notInstalled: "\(name) is not installed"
            case .running, nil: nil
            }
        }
        let drivers = ["eBPFCore", "NetEbpfExt"]
        let broken = drivers.filter { describe($0) != nil }
        if !broken.isEmpty {
            found.append(
                Conclusion(
                    .windowsDriversNotRunning, .certain, "\(broken.compactMap(describe).joined(separator: ", and ")); both drivers must be RUNNING.",
                    broken.map { facts.services[$0]?.finding }))
        } else if facts.isWindows, let report = facts.status?[.ebpfProgram], report.status != nil, !report.isRunning {
            let isCleared = drivers.allSatisfy { facts.services[$0]?.value == .running }
            if !isCleared {
                found.append(Conclusion(.windowsDriversNotRunning, .likely, "The agent of a Windows machine has no eBPF; the drivers' state was not sent.", [facts.quote(.ebpfProgram)]))
            }
        }
        if let state = describe("GuestProxyAgent") {
            found.append(Conclusion(.windowsAgentNotRunning, .certain, "\(state).", [facts.services["GuestProxyAgent"]?.finding]))
        }
        return found
    }

    /// The agent's unit on Linux.
    @Sendable static func unit(_ facts: FieldFacts) -> [Conclusion] {
        guard let unit = facts.unit else { return [] }
        switch unit.value {
        case .running: return []
        case .notFound: return [Conclusion(.agentNotInstalled, .certain, "systemd knows no unit of the agent's: it is not installed.", [unit.finding])]
        case .inactive: return [Conclusion(.agentNotRunning, .certain, "The agent is installed and was not started, or was stopped.", [unit.finding])]
        case .failed, .restarting:
            return [
                Conclusion(.agentNotRunning, .certain, "The agent is installed and does not stay alive.", [unit.finding], wanted: [.journal, .agentLog]),
                Conclusion(.agentCrashed, .likely, "systemd \(unit.value == .failed ? "gave up starting the agent" : "starts the agent again and again").", [unit.finding]),
            ]
        }
    }

    /// The rows of the article's table on deployments.
    @Sendable static func provisioning(_ facts: FieldFacts) -> [Conclusion] {
        let version = facts.cloudInit?.finding
        if let missing = facts.provisioningSaysMissing {
            return [Conclusion(.agentNotInstalled, .certain, "cloud-init looked for the agent and did not find it: the image lacks it (row 2 of the article's table).", [missing, version])]
        }
        if let unhealthy = facts.provisioningSaysUnhealthy {
            return [
                Conclusion(
                    .provisioningUnhealthy, .certain, "cloud-init waited for the agent, and the agent did not become healthy (row 4 of the article's table).", [unhealthy, version],
                    wanted: facts.status == nil ? [.status, .journal] : [])
            ]
        }
        guard let cloudInit = facts.cloudInit, let waits = CloudInitVersion(cloudInit.value)?.waitsForAgent else {
            guard let failed = facts.provisioningFailed else { return [] }
            return [Conclusion(.readyWithoutKey, .possible, "The platform did not record the machine as ready; which row of the article's table that is depends on cloud-init's version.", [failed])]
        }
        guard !waits else { return [] }
        let isInstalled = facts.unit.map { $0.value != .notFound } ?? (facts.status != nil ? true : nil)
        if let failed = facts.provisioningFailed {
            let row = isInstalled.map { $0 ? "row 3" : "row 1" } ?? "row 1 or 3"
            return [
                Conclusion(
                    .readyWithoutKey, .certain, "cloud-init \(cloudInit.value) does not wait for the agent and reported ready, which the platform did not record (\(row) of the article's table).",
                    [failed, cloudInit.finding, facts.provisioningReady], wanted: isInstalled == nil ? [.unitStatus] : [])
            ]
        }
        return [Conclusion(.cloudInitTooOld, .possible, "cloud-init \(cloudInit.value) does not wait for the agent: a deployment with the protocol enabled may fail.", [cloudInit.finding], wanted: [.status])]
    }

    /// Whether the protocol protects anything yet.
    @Sendable static func applied(_ facts: FieldFacts) -> [Conclusion] {
        guard let status = facts.status, let state = status.secureChannelState else { return [] }
        let quote = Finding(source: facts.shownStatusFile, quote: "secureChannelState: \(FieldFacts.shown(state))")
        switch state.lowercased() {
        case "disabled":
            return [
                Conclusion(
                    .notApplied, .likely, "The platform tells the agent that the protocol is disabled: it is not enabled in the model, or not applied yet.", [quote], wanted: [.keyStatus])
            ]
        // An agent that cannot redirect has other troubles, and one that was refused says so.
        case "unknown" where status[.ebpfProgram]?.isRunning == true && status[.keyLatch]?.message?.contains("Failed to") != true:
            return [Conclusion(.notApplied, .likely, "The agent has not heard from the platform yet, so nothing is protected.", [quote], wanted: [.agentLog, .keyStatus])]
        default: return []
        }
    }
}
