import Guidance
import Judgement
import MatrixModel

extension Diagnosis {
    /// What was recognised and is in order, or is worth knowing.
    static func remarks(_ facts: FieldFacts, isTrouble: Bool, isExplained: Bool) -> [Remark] {
        kernelRemarks(facts, isTrouble: isTrouble, isExplained: isExplained) + mountRemarks(facts) + policyRemarks(facts) + agentRemarks(facts)
    }

    private static func kernelRemarks(_ facts: FieldFacts, isTrouble: Bool, isExplained: Bool) -> [Remark] {
        guard let release = facts.release, let series = facts.series else { return [] }
        let floor = DocumentedSupport.documentedFloor
        let name = FieldFacts.shown(release.value)
        if facts.isBelowFloor {
            return isTrouble && isExplained ? [Remark("Kernel \(name) is below the documented floor of \(floor).", release.finding)] : []
        }
        let words = series < floor ? "is of a distribution that is documented as supported." : "is at or above the documented floor of \(floor)."
        return [Remark("Kernel \(name) \(words)", release.finding)]
    }

    private static func mountRemarks(_ facts: FieldFacts) -> [Remark] {
        var found: [Remark] = []
        if let list = facts.mounts, let first = list.cgroup2.first {
            let point = FieldFacts.shown(first.point)
            let isOff = facts.options["CONFIG_CGROUP_BPF"]?.value == false
            let effect =
                list.layout == .hybrid
                ? " A cgroup program can be attached there, and not at /sys/fs/cgroup: the agent must find this mount."
                : " A cgroup program can be attached there."
            found.append(Remark("cgroup v2 is mounted at \(point) (layout \(list.layout.rawValue)).\(isOff ? "" : effect)", list.finding))
        }
        if let list = facts.mountLists.first(where: { $0.view == .container }) {
            if let root = list.cgroup2.compactMap(\.root).first(where: { $0 != "/" }) {
                found.append(Remark("The mount shows only the part `\(FieldFacts.shown(root))` of the hierarchy: the list is a container's.", list.finding))
            }
            found.append(Remark("A list of mounts is from a container or pod; it says nothing of where the agent runs.", list.finding))
        }
        if facts.rootType?.value == "cgroup2fs", let root = facts.rootType {
            found.append(Remark("/sys/fs/cgroup is cgroup v2 (layout unified).", root.finding))
        }
        if let version = facts.namedVersion, version.value == 2 { found.append(Remark("Control groups are version 2.", version.finding)) }
        return found
    }

    private static func policyRemarks(_ facts: FieldFacts) -> [Remark] {
        var found: [Remark] = []
        if let lockdown = facts.lockdown, lockdown.value != "confidentiality" {
            found.append(Remark("Lockdown mode is `\(FieldFacts.shown(lockdown.value))`, which lets tracing programs read kernel memory.", lockdown.finding))
        }
        if let denial = facts.denials.first(where: \.value), !facts.denials.contains(where: { !$0.value }) {
            found.append(Remark("A denial with `permissive=1` was logged only; it stopped nothing.", denial.finding))
        }
        if let other = facts.failureOfOther {
            found.append(Remark("\(FieldFacts.shown(other.value)) failed to load a BPF program of its own. It is not the agent.", other.finding))
        }
        if let noise = facts.noise.first {
            found.append(Remark("systemd tries BPF programs of its own to learn what the kernel supports. Such lines say nothing about the agent.", noise))
        }
        return found
    }

    private static func agentRemarks(_ facts: FieldFacts) -> [Remark] {
        var found: [Remark] = []
        if let answered = facts.agentAnswered { found.append(Remark("cloud-init waited for the agent, and the agent reported no failure.", answered)) }
        if let cloudInit = facts.cloudInit, facts.agentAnswered == nil {
            let name = "cloud-init \(FieldFacts.shown(cloudInit.value))"
            let words: String =
                switch facts.cloudInitWaits {
                case true: "\(name) waits for the agent where the platform asks for it."
                case false: "\(name) is older than 24.3, the first upstream release that waits for the agent."
                case nil: "\(name) is a distribution's build; its number does not say whether it waits for the agent."
                }
            found.append(Remark(words, cloudInit.finding))
        }
        if let asked = facts.provisioningAsked, !asked.value {
            found.append(Remark("The platform did not ask cloud-init to wait for the agent.", asked.finding))
        }
        if let programs = facts.programsRun { found.append(Remark("The agent's program is loaded and attached.", programs)) }
        if let key = facts.keySuccess, facts.keyRefusals.isEmpty, facts.keyMissing == nil, facts.attestFailed == nil {
            found.append(Remark("The agent has its key.", key))
        }
        if let unit = facts.unit, unit.value == .running { found.append(Remark("The agent's unit runs.", unit.finding)) }
        for (name, state) in facts.services.sorted(by: { $0.key < $1.key }) where state.value == .running {
            found.append(Remark("\(name) is RUNNING.", state.finding))
        }
        if let model = facts.model, facts.modelFaults.isEmpty, facts.controlPlane.isEmpty {
            found.append(Remark("The model's modes are values that the API knows.", model))
        }
        return found
    }
}
