import Guidance
import Judgement
import MatrixModel

extension Diagnosis {
    /// What will keep the agent from working, where nobody sent what it says itself.
    @Sendable static func environment(_ facts: FieldFacts) -> [Conclusion] {
        guard facts.status == nil, facts.recorded == nil, !facts.isWindows, facts.agentSeesNone == nil else { return [] }
        let isExplained = !facts.failures.isEmpty || facts.reports.contains { $0.report.log.state != .empty } || !facts.options.values.allSatisfy(\.value)
        guard !isExplained else { return [] }
        var found: [Conclusion] = []
        if let listed = facts.hasCgroup2, !listed.value {
            found.append(Conclusion(.cgroup2Unsupported, .likely, "This kernel has no cgroup v2, and the agent's program attaches to nothing else.", [listed.finding], wanted: [.status]))
        } else if let list = facts.mounts, list.provesNone {
            found.append(
                Conclusion(
                    .attachNoCgroup2, .likely, "cgroup v2 is mounted nowhere, and the agent's program attaches to nothing else.", [list.finding, facts.hasCgroup2?.finding], wanted: [.status]))
        } else if facts.mounts == nil, facts.rootType?.value == "tmpfs" || facts.namedVersion?.value == 1 || facts.turnsUnifiedOff {
            found.append(
                Conclusion(
                    .attachNoCgroup2, .possible, "/sys/fs/cgroup is not cgroup v2: the layout is legacy or hybrid. In a hybrid layout cgroup v2 is at /sys/fs/cgroup/unified.",
                    [facts.rootType?.finding, facts.namedVersion?.finding, facts.turnsUnifiedOff ? facts.commandLine?.finding : nil], wanted: [.mounts, .status]))
        }
        if facts.isBelowFloor { found += age(facts, nil) }
        if facts.lockdown?.value == "confidentiality", found.isEmpty {
            found.append(Conclusion(.lockdown, .possible, "Lockdown mode `confidentiality` keeps tracing programs from loading; a cgroup program without kprobes loads.", [facts.lockdown?.finding], wanted: [.status, .agentLog]))
        }
        return found
    }

    /// A module that does not run and gives no reason. The overall word does not count against it.
    @Sendable static func health(_ facts: FieldFacts) -> [Conclusion] {
        guard let status = facts.status, !facts.isWindows else { return [] }
        let silent = ReportedStatus.Module.allCases.filter { module in
            guard let report = status[module], let state = report.status, state != "RUNNING" else { return false }
            let message = (report.message ?? "").lowercased()
            return !["failed to", "error", "cannot", "denied"].contains { message.contains($0) }
        }
        guard !silent.isEmpty else { return [] }
        let names = silent.map { "\($0.rawValue) is \(FieldFacts.shown(status[$0]?.status ?? ""))" }.joined(separator: ", ")
        let overall = status.overall == "SUCCESS" ? " The overall `SUCCESS` does not count against it." : ""
        // A failure that another line explains needs no such remark.
        guard facts.failures.isEmpty, facts.reports.isEmpty else { return [] }
        return [Conclusion(.agentNotHealthy, .certain, "The agent is not healthy: \(names), and the messages do not say why.\(overall)", silent.map { facts.quote($0) }, wanted: [.agentLog, .journal])]
    }

    /// What was recognised and is fine, or is to be known.
    static func remarks(_ facts: FieldFacts, isTrouble: Bool, isExplained: Bool = true) -> [Remark] {
        var found: [Remark] = []
        if let release = facts.release, let series = facts.series {
            let floor = Expectation.documentedFloor
            if !facts.isBelowFloor {
                found.append(Remark(series < floor ? "Kernel \(FieldFacts.shown(release.value)) is of a distribution that is documented as supported." : "Kernel \(FieldFacts.shown(release.value)) is at or above the documented floor of \(floor).", release.finding))
            } else if isTrouble, isExplained {
                found.append(Remark("Kernel \(FieldFacts.shown(release.value)) is below the documented floor of \(floor).", release.finding))
            }
        }
        if let list = facts.mounts, let first = list.cgroup2.first {
            found.append(Remark("cgroup v2 is mounted at \(FieldFacts.shown(first.point)) (layout \(list.layout.rawValue)).\(facts.options["CONFIG_CGROUP_BPF"]?.value == false ? "" : " A cgroup program can be attached there.")", list.finding))
            if let root = first.root, root != "/" { found.append(Remark("The mount shows only the part `\(FieldFacts.shown(root))` of the hierarchy: the list is a container's.", list.finding)) }
        }
        if let other = facts.mountLists.first(where: { $0.view == .container }) { found.append(Remark("A list of mounts is from a container or pod; it says nothing of where the agent runs.", other.finding)) }
        if facts.rootType?.value == "cgroup2fs", let root = facts.rootType { found.append(Remark("/sys/fs/cgroup is cgroup v2 (layout unified).", root.finding)) }
        if let version = facts.namedVersion, version.value == 2 { found.append(Remark("Control groups are version 2.", version.finding)) }
        if let lockdown = facts.lockdown, lockdown.value != "confidentiality" { found.append(Remark("Lockdown mode is `\(FieldFacts.shown(lockdown.value))`, which lets tracing programs read kernel memory.", lockdown.finding)) }
        if let noise = facts.noise.first { found.append(Remark("systemd tries BPF programs of its own to learn what the kernel supports. Such lines say nothing about the agent.", noise)) }
        if let answered = facts.agentAnswered { found.append(Remark("cloud-init waited for the agent, and the agent reported no failure.", answered)) }
        if let cloudInit = facts.cloudInit, facts.cloudInitWaits == false, facts.agentAnswered == nil { found.append(Remark("cloud-init \(FieldFacts.shown(cloudInit.value)) is older than 24.3, the first upstream release that waits for the agent.", cloudInit.finding)) }
        if let unit = facts.unit, unit.value == .running { found.append(Remark("The agent's unit runs.", unit.finding)) }
        return found
    }
}

extension FieldFacts {
    /// Whether the boot arguments ask for another hierarchy than the unified one.
    var turnsUnifiedOff: Bool {
        let value = commandLine?.value ?? ""
        return value.contains("systemd.unified_cgroup_hierarchy=0") || value.contains("systemd.unified_cgroup_hierarchy=false") || value.contains("systemd.unified_cgroup_hierarchy=no")
    }
}
