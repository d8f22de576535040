import Guidance
import Judgement
import MatrixModel

extension Diagnosis {
    /// What will keep the agent from working, where nothing from the agent itself was sent.
    @Sendable static func environment(_ facts: FieldFacts) -> [Conclusion] {
        guard facts.status == nil, facts.recorded == nil, !facts.isWindows, facts.agentSeesNone == nil else { return [] }
        let isExplained =
            facts.programsRun != nil || !facts.failures.isEmpty || facts.typeComplaint != nil
            || !facts.lockdownDenials.isEmpty || facts.denials.contains { !$0.value }
            || facts.reports.contains { $0.report.log.state != .empty } || !facts.options.values.allSatisfy(\.value)
        guard !isExplained else { return [] }
        var found: [Conclusion] = []
        if let listed = facts.hasCgroup2, !listed.value {
            found.append(
                Conclusion(
                    .cgroup2Unsupported, .likely, "This kernel has no cgroup v2, and the agent's program attaches to nothing else.", [listed.finding],
                    wanted: [.status]))
        } else if let list = facts.mounts, list.provesNone {
            found.append(
                Conclusion(
                    .attachNoCgroup2, .likely, "cgroup v2 is mounted nowhere, and the agent's program attaches to nothing else.",
                    [list.finding, facts.hasCgroup2?.finding], wanted: [.status]))
        } else if facts.mounts == nil, facts.rootType?.value == "tmpfs" || facts.tmpfsAtRoot != nil || facts.namedVersion?.value == 1 || facts.turnsUnifiedOff {
            found.append(
                Conclusion(
                    .attachNoCgroup2, .possible,
                    "/sys/fs/cgroup is not cgroup v2: the layout is legacy or hybrid. In a hybrid layout cgroup v2 is at /sys/fs/cgroup/unified.",
                    [facts.rootType?.finding, facts.tmpfsAtRoot, facts.namedVersion?.finding, facts.turnsUnifiedOff ? facts.commandLine?.finding : nil],
                    wanted: [.mounts, .status]))
        }
        if facts.isBelowFloor { found += age(facts, nil) }
        if facts.lockdown?.value == "confidentiality", found.isEmpty {
            found.append(
                Conclusion(
                    .lockdown, .possible, "Lockdown mode `confidentiality` keeps tracing programs from loading; a cgroup program without kprobes loads.",
                    [facts.lockdown?.finding], wanted: [.status, .agentLog]))
        }
        return found
    }

    /// A module that is not RUNNING and gives no reason. An overall `SUCCESS` does not outweigh it.
    @Sendable static func health(_ facts: FieldFacts) -> [Conclusion] {
        guard let status = facts.status else { return [] }
        // Drivers that do not run explain a Windows agent.
        if facts.isWindows, ["eBPFCore", "NetEbpfExt"].contains(where: { facts.services[$0].map { $0.value != .running } ?? false }) { return [] }
        let stopped = ReportedStatus.Module.allCases.filter { status[$0]?.status.map { $0 != "RUNNING" } ?? false }
        let silent = stopped.filter { module in
            let message = (status[module]?.message ?? "").lowercased()
            return !["failed to", "error", "cannot", "denied"].contains { message.contains($0) }
        }
        guard !silent.isEmpty else { return [] }
        // Without its program an agent latches no key. That it says why of the program says it of both.
        if stopped.contains(.ebpfProgram), !silent.contains(.ebpfProgram) { return [] }
        let names = silent.map { "\($0.rawValue) is \(FieldFacts.shown(status[$0]?.status ?? ""))" }.joined(separator: ", ")
        let overall = status.overall == "SUCCESS" ? " The overall `SUCCESS` does not count against it." : ""
        // A failure that another line explains needs no such remark.
        guard facts.failures.isEmpty, facts.reports.isEmpty else { return [] }
        return [
            Conclusion(
                .agentNotHealthy, .certain, "The agent is not healthy: \(names), and the messages do not say why.\(overall)", silent.map { facts.quote($0) },
                wanted: facts.isWindows ? [.drivers, .windowsAgent] : [.agentLog, .journal])
        ]
    }
}

extension FieldFacts {
    /// A line that shows a tmpfs at /sys/fs/cgroup, as the layouts legacy and hybrid have it.
    var tmpfsAtRoot: Finding? {
        let list = mountLists.first { list in list.view == .machine && list.mounts.contains { $0.point == "/sys/fs/cgroup" && $0.type == "tmpfs" } }
        return list.map { Finding(source: $0.source, quote: "tmpfs at /sys/fs/cgroup") }
    }

    /// Whether the boot arguments ask for another hierarchy than the unified one.
    var turnsUnifiedOff: Bool {
        let value = commandLine?.value ?? ""
        return value.contains("systemd.unified_cgroup_hierarchy=0") || value.contains("systemd.unified_cgroup_hierarchy=false")
            || value.contains("systemd.unified_cgroup_hierarchy=no")
    }
}
