import Guidance
import MatrixModel

extension Diagnosis {
    /// Programs that were loaded and found no place, and links that were not created.
    static func attachments(_ facts: FieldFacts) -> [Conclusion] {
        let failed = facts.failures.filter { $0.failure.stage == .attach || $0.failure.stage == .link }
        guard let entry = failed.last(where: { $0.failure.error != nil }) ?? failed.last else {
            // An agent that says what it sees says why it cannot attach.
            return facts.agentSeesNone.map { [noCgroup2(facts, [$0], .certain)] } ?? []
        }
        let failure = entry.failure
        if isTracing(failure) || failure.error == .notSupportedInKernel && !isOfCgroup(failure) { return [tracing(facts, entry)] }
        if facts.options["CONFIG_CGROUP_BPF"]?.value == false { return [] }
        return [cgroup(facts, entry)]
    }

    static func isTracing(_ failure: SetupFailure) -> Bool {
        let type = failure.subject.flatMap { BPFProgramType(programName: $0) }
        if let type { return [.kprobe, .tracepoint, .rawTracepoint, .tracing, .lsm].contains(type) }
        return ["perf event", "kprobe", "tracing link", "raw_tracepoint", "tracepoint", "fentry", "fexit"].contains { failure.line.contains($0) }
    }

    private static func isOfCgroup(_ failure: SetupFailure) -> Bool {
        failure.line.contains("cgroup")
            || failure.subject.flatMap { BPFProgramType(programName: $0) }.map { [.cgroupSockAddr, .sockOps, .cgroupSkb].contains($0) } ?? false
    }

    private static func tracing(_ facts: FieldFacts, _ entry: FieldFacts.Failure) -> Conclusion {
        let error = entry.failure.error
        let head = "A tracing program could not be attached\(error.map { " (\($0.name))" } ?? "")."
        if let off = facts.options["CONFIG_KPROBES"], !off.value {
            return Conclusion(.kernelConfiguration, .certain, "\(head) The kernel was built without CONFIG_KPROBES.", [off.finding, entry.finding])
        }
        let proofs = facts.lockdownProofs(atLeast: "confidentiality")
        if !proofs.isEmpty { return Conclusion(.lockdown, .certain, "\(head) Lockdown mode forbids kprobes.", proofs + [entry.finding]) }
        if error == .notSupportedInKernel {
            return Conclusion(
                .linkNotCreated, .likely, "\(head) The kernel cannot attach it through a BPF trampoline (on arm64 mainline can since 6.4).",
                [entry.finding, facts.release?.finding], wanted: [.kernelRelease],
                advice: [.measure(.upgradeAgent), .measure(.reportAgent)])
        }
        if error == .notPermitted || error == .accessDenied { return privilege(facts, entry, head) }
        let reason =
            error == .noEntry
            ? "ENOENT says that this kernel does not have the function or the tracepoint, or that tracefs is not visible where the loader runs."
            : "The kernel has no kprobes, does not have the function, or forbids it."
        return Conclusion(
            .attachOther, .likely, "\(head) \(reason)", [entry.finding, facts.release?.finding],
            wanted: [.kernelConfiguration, .securityModules, .kernelLog], advice: [.measure(.checkLockdown), .measure(.upgradeAgent), .measure(.reportAgent)])
    }

    private static func cgroup(_ facts: FieldFacts, _ entry: FieldFacts.Failure) -> Conclusion {
        let failure = entry.failure
        if let listed = facts.hasCgroup2, !listed.value {
            return Conclusion(
                .cgroup2Unsupported, .certain, "The program has nothing to attach to: this kernel has no cgroup v2.", [entry.finding, listed.finding])
        }
        if let seen = facts.agentSeesNone { return noCgroup2(facts, [seen, entry.finding], .certain) }
        if let list = facts.mounts {
            if list.provesNone { return noCgroup2(facts, [entry.finding, list.finding, facts.hasCgroup2?.finding], .certain) }
            if !list.cgroup2.isEmpty { return mounted(facts, entry, list) }
        }
        if failure.error == .notPermitted || failure.error == .accessDenied {
            return privilege(facts, entry, "The program could not be attached (\(failure.error?.name ?? "")).")
        }
        if failure.error == .invalid {
            return Conclusion(
                .linkNotCreated, .likely,
                "The kernel did not create the link (EINVAL). Kernels before 5.7 have no links for cgroups, and kernels without CONFIG_CGROUP_BPF "
                    + "attach nothing to them.",
                [entry.finding, facts.release?.finding], wanted: [.kernelConfiguration, .kernelRelease, .mounts],
                advice: facts.series.map { KernelFeature.cgroupLink.isIn($0) } == false
                    ? [.newerKernel(.cgroupLink), .measure(.upgradeAgent)] : [.measure(.kernelWithOption), .measure(.detachOther), .measure(.reportAgent)])
        }
        return noCgroup2(facts, [entry.finding, facts.hasCgroup2?.finding, facts.agentGuessedPath, facts.rootType?.finding], .likely)
    }

    private static func mounted(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ list: MountList) -> Conclusion {
        let points = list.cgroup2.map { FieldFacts.shown($0.point) }.joined(separator: ", ")
        let isElsewhere = list.layout != .unified
        if isElsewhere, entry.failure.error == .badDescriptor || facts.agentGuessedPath != nil {
            return Conclusion(
                .attachNoCgroup2, .likely,
                "The program was attached to a folder that is not cgroup v2. cgroup v2 is mounted at \(points), and the agent did not find it.",
                [entry.finding, list.finding, facts.agentGuessedPath], wanted: [.agentMounts, .agentLog],
                advice: [.measure(.readAgentLogs), .measure(.upgradeAgent), .measure(.reportAgent)])
        }
        if entry.failure.error == .invalid, entry.failure.line.contains("link"), let series = facts.series, !KernelFeature.cgroupLink.isIn(series) {
            let feature = KernelFeature.cgroupLink
            return Conclusion(
                .linkNotCreated, .likely,
                "The kernel did not create the link (EINVAL). Mainline has \(feature.name) since \(feature.since), and the kernel is \(series).",
                [entry.finding, list.finding, facts.release?.finding], wanted: [.kernelConfiguration],
                advice: [.newerKernel(feature), .measure(.upgradeAgent), .measure(.optOut)])
        }
        if entry.failure.error == .notPermitted || entry.failure.error == .accessDenied,
            let proven = provenPolicy(facts, "The program could not be attached.", [entry.finding, list.finding])
        {
            return proven
        }
        return Conclusion(
            .attachOther, .likely, "The program could not be attached although cgroup v2 is mounted at \(points).",
            [entry.finding, list.finding, facts.lockdown?.finding],
            wanted: [.agentMounts, .kernelConfiguration, .kernelLog, .privileges],
            advice: [.measure(.detachOther), .measure(.checkLockdown), .measure(.grantPrivilege)])
    }

    static func noCgroup2(_ facts: FieldFacts, _ findings: [Finding?], _ confidence: Conclusion.Confidence) -> Conclusion {
        let has = facts.hasCgroup2?.value == true ? " The kernel has it." : ""
        let summary: String =
            confidence == .certain
            ? "cgroup v2 is not mounted where the agent runs, so the program has nothing to attach to.\(has)"
            : "The program could not be attached, which is what happens where the folder is not cgroup v2 or cgroup v2 is not mounted.\(has)"
        let other = facts.mountLists.first { $0.view == .container && !$0.cgroup2.isEmpty }
        let note = other == nil ? "" : " A mount list from a container or pod does not disprove it."
        return Conclusion(
            .attachNoCgroup2, confidence, summary + note, findings + [other?.finding, facts.release?.finding],
            wanted: confidence == .certain
                ? (facts.hasCgroup2 == nil && facts.agentSeesNone == nil ? [.filesystems] : []) : [.mounts, .agentMounts, .filesystems])
    }
}

extension MountList {
    var finding: Finding {
        proof ?? Finding(source: source, quote: silent.map { "`\(FieldFacts.shown($0))` printed nothing" } ?? "a list of mounts without cgroup2")
    }
}
