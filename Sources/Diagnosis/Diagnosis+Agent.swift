import Guidance
import MatrixModel

extension Diagnosis {
    /// The drivers and the service of Windows.
    @Sendable static func services(_ facts: FieldFacts) -> [Conclusion] {
        var found: [Conclusion] = []
        func describe(_ name: String) -> String? {
            switch facts.services[name]?.value {
            case .stopped(let reason): "\(name) is STOPPED\(reason.map { ": \($0)" } ?? "")"
            case .notInstalled: "\(name) is not installed"
            case .running, .other, nil: nil
            }
        }
        for (name, state) in facts.services.sorted(by: { $0.key < $1.key }) {
            guard case .other(let word) = state.value else { continue }
            let cause: FieldCause = name == "GuestProxyAgent" ? .windowsAgentNotRunning : .windowsDriversNotRunning
            found.append(
                Conclusion(
                    cause, .possible, "\(name) is \(word), on its way to another state: ask again in a minute.", [state.finding],
                    wanted: [name == "GuestProxyAgent" ? .windowsAgent : .drivers]))
        }
        let drivers = ["eBPFCore", "NetEbpfExt"]
        let broken = drivers.filter { describe($0) != nil }
        if !broken.isEmpty {
            found = found.filter { $0.guide.code != FieldCause.windowsDriversNotRunning.rawValue }
            found.append(
                Conclusion(
                    .windowsDriversNotRunning, .certain, "\(broken.compactMap(describe).joined(separator: ", and ")); both drivers must be RUNNING.",
                    broken.map { facts.services[$0]?.finding }))
        } else if facts.isWindows, let report = facts.status?[.ebpfProgram], report.status != nil, !report.isRunning {
            let isCleared = drivers.allSatisfy { facts.services[$0]?.value == .running }
            if !isCleared, found.isEmpty {
                // Only STOPPED says that the set-up failed. UNKNOWN and others are intermediate states.
                found.append(
                    Conclusion(
                        .windowsDriversNotRunning, report.status == "STOPPED" ? .likely : .possible,
                        "The agent of a Windows machine has no eBPF; the state of the drivers was not sent.",
                        [facts.quote(.ebpfProgram)]))
            }
        }
        if let state = describe("GuestProxyAgent") {
            found.append(Conclusion(.windowsAgentNotRunning, .certain, "\(state).", [facts.services["GuestProxyAgent"]?.finding]))
        }
        for (name, event) in facts.serviceEvents.sorted(by: { $0.key < $1.key }) where facts.services[name] == nil {
            let isAgent = name == "GuestProxyAgent"
            found.append(
                Conclusion(
                    isAgent ? .windowsAgentNotRunning : .windowsDriversNotRunning, .likely,
                    "The event log says that \(name) ended or did not start; its state since was not sent.", [event],
                    wanted: [isAgent ? .windowsAgent : .drivers]))
        }
        return found
    }

    /// The agent's unit on Linux.
    @Sendable static func unit(_ facts: FieldFacts) -> [Conclusion] {
        // The harness stops the agent at a cell's end, and asks for the unit's state then.
        guard let unit = facts.unit, facts.recorded?.value.verdict != .compatible else { return [] }
        switch unit.value {
        case .running: return []
        case .notFound: return [Conclusion(.agentNotInstalled, .certain, "systemd has no unit of the agent: it is not installed.", [unit.finding])]
        case .inactive: return [Conclusion(.agentNotRunning, .certain, "The agent is installed and was not started, or was stopped.", [unit.finding])]
        case .failed, .restarting:
            let isKilled = unit.finding.quote.contains("oom-kill")
            return [
                Conclusion(.agentNotRunning, .certain, "The agent is installed and exits again.", [unit.finding], wanted: [.journal, .agentLog]),
                Conclusion(
                    .agentCrashed, .likely,
                    isKilled
                        ? "The kernel killed the agent for want of memory."
                        : "systemd \(unit.value == .failed ? "gave up starting the agent" : "starts the agent again and again").",
                    [unit.finding]),
            ]
        }
    }

    /// The rows of the article's table on deployments.
    @Sendable static func provisioning(_ facts: FieldFacts) -> [Conclusion] {
        let version = facts.cloudInit?.finding
        if let missing = facts.provisioningSaysMissing {
            return [
                Conclusion(
                    .agentNotInstalled, .certain, "cloud-init did not find the agent: the image lacks it (row 2 of the article's table).", [missing, version])
            ]
        }
        if let unhealthy = facts.provisioningSaysUnhealthy {
            return [
                Conclusion(
                    .provisioningUnhealthy, .certain,
                    "cloud-init waited for the agent, and the agent did not become healthy (row 4 of the article's table).\(exitCode(facts))",
                    [unhealthy, version], wanted: facts.status == nil ? [.status, .journal] : [])
            ]
        }
        guard let failed = facts.provisioningFailed else { return asked(facts) }
        guard facts.cloudInitWaits == false, let cloudInit = facts.cloudInit else {
            return [
                Conclusion(
                    .readyWithoutKey, .possible,
                    "The platform did not record the machine as ready. cloud-init's version and log tell which row of the article's table that is.",
                    [failed, version])
            ]
        }
        let isInstalled = facts.unit.map { $0.value != .notFound } ?? (facts.status != nil ? true : nil)
        let row = isInstalled.map { $0 ? "row 3" : "row 1" } ?? "row 1 or 3"
        return [
            Conclusion(
                .readyWithoutKey, .likely,
                "cloud-init \(FieldFacts.shown(cloudInit.value)) does not wait for the agent and reported ready, which the platform did not record "
                    + "(\(row) of the article's table).",
                [failed, cloudInit.finding, facts.provisioningReady], wanted: isInstalled == nil ? [.unitStatus] : [])
        ]
    }

    /// A version alone is not a cause. The platform must have asked for the agent, and cloud-init's log must have no call of it.
    private static func asked(_ facts: FieldFacts) -> [Conclusion] {
        guard let asked = facts.provisioningAsked, asked.value, facts.cloudInitWaits == false, facts.agentAnswered == nil, let cloudInit = facts.cloudInit
        else { return [] }
        return [
            Conclusion(
                .cloudInitTooOld, .possible, "The platform asked for the agent, and cloud-init \(FieldFacts.shown(cloudInit.value)) does not wait for it.",
                [asked.finding, cloudInit.finding],
                wanted: [.cloudInitLog, .status])
        ]
    }

    private static func exitCode(_ facts: FieldFacts) -> String {
        switch facts.provisioningExit {
        case 2: " Exit code 2: the agent itself reported an error."
        case 1: " Exit code 1: the agent was not ready in time."
        default: ""
        }
    }

    /// Whether the protocol protects anything yet.
    @Sendable static func applied(_ facts: FieldFacts) -> [Conclusion] {
        guard let status = facts.status, let state = status.secureChannelState else { return [] }
        let quote = Finding(source: facts.shownStatusFile, quote: "secureChannelState: \(FieldFacts.shown(state))")
        switch state.lowercased() {
        case "disabled":
            return [
                Conclusion(
                    .notApplied, .likely, "The platform reports the protocol as disabled: it is not enabled in the model, or not applied yet.", [quote],
                    wanted: [.keyStatus])
            ]
        // An agent that cannot redirect has other troubles, and one that was refused says so.
        case "unknown" where status[.ebpfProgram]?.isRunning == true && status[.keyLatch]?.message?.contains("Failed to") != true:
            return [
                Conclusion(
                    .notApplied, .likely, "The agent has no answer from the platform yet, so nothing is protected.", [quote], wanted: [.agentLog, .keyStatus])
            ]
        default: return []
        }
    }
}
