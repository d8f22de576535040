import Guidance
import MatrixModel

extension Diagnosis {
    /// A call that was not permitted: what proves why, else the privilege that it usually lacks.
    static func privilege(_ facts: FieldFacts, _ entry: FieldFacts.Failure, _ head: String) -> Conclusion {
        if let proven = provenPolicy(facts, head, [entry.finding]) { return proven }
        // Without capabilities the kernel answers EPERM; EACCES is SELinux's answer.
        if entry.failure.error == .accessDenied, let mode = facts.seLinux, mode.value == "Enforcing" {
            return Conclusion(
                .securityModuleDenied, .likely, "\(head) SELinux is enforcing, and EACCES is what it answers with; its denial was not sent.",
                [entry.finding, mode.finding], wanted: [.auditLog, .kernelLog])
        }
        let lockedDown = facts.lockdown == nil ? facts.lockedDown : nil
        if lockedDown != nil, isTracing(entry.failure) {
            return Conclusion(
                .lockdown, .possible, "\(head) The kernel is locked down; in the mode `confidentiality` it forbids this, in `integrity` it does not.",
                [lockedDown, entry.finding, facts.release?.finding], wanted: [.securityModules, .privileges])
        }
        return Conclusion(
            .missingPrivilege, .likely,
            "\(head) The process lacks a capability (CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN), its locked memory is limited, or a security module or "
                + "seccomp denied the call.",
            [entry.finding, facts.release?.finding], wanted: [.privileges, .auditLog, .securityModules])
    }

    /// A line that proves which policy denied a call outranks every guess.
    static func provenPolicy(_ facts: FieldFacts, _ head: String, _ findings: [Finding?]) -> Conclusion? {
        if let denial = facts.denials.first(where: { !$0.value }) {
            return Conclusion(.securityModuleDenied, .certain, "\(head) A security module denied the call.", [denial.finding] + findings)
        }
        if let off = facts.options["CONFIG_BPF_SYSCALL"], !off.value {
            return Conclusion(.kernelConfiguration, .certain, "\(head) The kernel was built without CONFIG_BPF_SYSCALL.", [off.finding] + findings)
        }
        let needed: UInt64 = 1 << 39 | 1 << 21
        if let held = facts.capabilities, held.value & needed == 0 {
            return Conclusion(.missingPrivilege, .certain, "\(head) The process has neither CAP_BPF nor CAP_SYS_ADMIN.", [held.finding] + findings)
        }
        if let settings = facts.unitLacksPrivilege {
            return Conclusion(.missingPrivilege, .certain, "\(head) The unit's settings leave it neither CAP_BPF nor CAP_SYS_ADMIN.", [settings] + findings)
        }
        // Maps counted against this limit until 5.11.
        if let limit = facts.lockedMemory, limit.value < 1 << 20, let series = facts.series, series < KernelSeries(major: 5, minor: 11) {
            return Conclusion(
                .missingPrivilege, .likely, "\(head) Locked memory is limited to \(limit.value) bytes, and kernels before 5.11 count maps against it.",
                [limit.finding, facts.release?.finding] + findings, wanted: [.privileges])
        }
        return nil
    }

    /// Kernel options and policies, independent of what failed.
    @Sendable static func configuration(_ facts: FieldFacts) -> [Conclusion] {
        guard !facts.isWindows, facts.status?[.ebpfProgram]?.isRunning != true else { return [] }
        var found: [Conclusion] = []
        for (name, effect) in [
            ("CONFIG_BPF_SYSCALL", "no BPF program can be loaded"),
            ("CONFIG_CGROUP_BPF", "no BPF program can be attached to a cgroup, although cgroup v2 may be mounted"),
        ] {
            guard let option = facts.options[name], !option.value, found.isEmpty else { continue }
            found.append(
                Conclusion(
                    .kernelConfiguration, .certain,
                    "The kernel was built without \(name): \(effect). Neither a boot argument nor an upgrade of the same build helps.",
                    [option.finding, facts.failures.last?.finding, facts.release?.finding]))
        }
        // A refusal that the verifier explains names lockdown itself.
        if !facts.lockdownDenials.isEmpty, !facts.reports.contains(where: { $0.report.log.state == .refused }) {
            let isAgent = facts.lockdownDenials.contains { $0.quote.contains("azure-proxy") }
            found.append(
                Conclusion(
                    .lockdown, isAgent ? .certain : .likely, "The kernel's log says that lockdown restricted \(isAgent ? "the agent" : "a process").",
                    facts.lockdownDenials + [facts.lockdown?.finding, facts.lockdownArgument?.finding]))
        }
        if facts.failures.isEmpty, facts.reports.isEmpty, let denial = facts.denials.first(where: { !$0.value }) {
            let isAgent = denial.finding.quote.contains("azure-proxy")
            found.append(
                Conclusion(
                    .securityModuleDenied, isAgent ? .certain : .likely,
                    "A security module denied \(isAgent ? "the agent" : "a process") a call that BPF programs need.", [denial.finding]))
        }
        return found
    }

    /// Values of a model that the API does not know.
    @Sendable static func model(_ facts: FieldFacts) -> [Conclusion] {
        guard !facts.modelFaults.isEmpty, facts.controlPlane.isEmpty else { return [] }
        return [
            Conclusion(
                .controlPlaneRefused, .certain, facts.modelFaults.map(\.summary).joined(separator: " "), facts.modelFaults.map(\.finding),
                advice: facts.modelFaults.map { .controlPlane($0.row) })
        ]
    }

    @Sendable static func controlPlane(_ facts: FieldFacts) -> [Conclusion] {
        guard !facts.controlPlane.isEmpty else { return [] }
        let messages = facts.controlPlane.map { "\($0.row.property.map { "\($0): " } ?? "")\($0.row.action)" }.joined(separator: " ")
        return [
            Conclusion(
                .controlPlaneRefused, .certain,
                "The control plane rejected the request (\(facts.controlPlane[0].row.codes.joined(separator: ", "))). \(messages)",
                facts.controlPlane.map(\.finding),
                advice: facts.controlPlane.map { .controlPlane($0.row) })
        ]
    }
}

extension FieldFacts {
    /// The lines that prove a lockdown mode, or one that is stricter.
    func lockdownProofs(atLeast mode: String) -> [Finding] {
        let modes = mode == "integrity" ? ["integrity", "confidentiality"] : ["confidentiality"]
        // The mode in force counts; what an argument asks for was perhaps lowered or never supported.
        if let lockdown, !modes.contains(lockdown.value) { return [] }
        var found: [Finding] = []
        if let lockdown { found.append(lockdown.finding) }
        if let lockdownArgument, modes.contains(lockdownArgument.value) { found.append(lockdownArgument.finding) }
        return found + lockdownDenials.filter { $0.quote.contains("bpf") }
    }
}
