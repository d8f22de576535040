import GuestProtocol
import MatrixModel

extension Judge {
    /// A kernel that does not have what the profile switches on: a command line is a wish, what the kernel says of itself is the fact.
    static func profileRefusal(_ evidence: CellEvidence) -> Judgement? {
        guard let profile = evidence.profile else { return nil }
        let finding: Finding
        switch source(of: profile) {
        case .file(let item, let file, let isInForce):
            let found = evidence.items[item]?.text.split(separator: "\n").first.map { String($0) } ?? ""
            guard !isInForce(found) else { return nil }
            finding = Finding(source: "facts.json", quote: "\(file): \(found.isEmpty ? "absent" : Quote.line(found))")
        case .console(let messages):
            guard let absent = messages.first(where: { !ConsoleClassifier.hasMessage($0, in: evidence.console) }) else { return nil }
            finding = Finding(source: "console.log", quote: "'\(absent)': absent")
        }
        let means = profile.kernelArguments.isEmpty ? "a processor that has it" : profile.kernelArguments.joined(separator: " ")
        return Judgement(
            cause: .profileNotOffered, summary: "The kernel was told to boot with \(profile.rawValue) (\(means)) and does not have it.", findings: [finding])
    }

    /// Where a kernel says that a profile is in force.
    private enum ProfileSource {
        /// One of its files, by the first line.
        case file(EvidenceItem, String, isInForce: (String) -> Bool)
        /// What it prints while it boots.
        case console([String])
    }

    /// The active one of several is in brackets in `lockdown`; `lsm` lists what is active. What a processor has and a kernel can use, it
    /// names at its start (arch/arm64/kernel/cpufeature.c).
    private static func source(of profile: BootProfile) -> ProfileSource {
        let lockdown = "/sys/kernel/security/lockdown"
        let modules = "/sys/kernel/security/lsm"
        return switch profile {
        case .lockdownIntegrity: .file(.lockdown, lockdown) { $0.contains("[integrity]") }
        case .lockdownConfidentiality: .file(.lockdown, lockdown) { $0.contains("[confidentiality]") }
        case .jitHarden: .file(.jitHarden, "/proc/sys/net/core/bpf_jit_harden") { $0 == "2" }
        case .jitOff: .file(.jitEnable, "/proc/sys/net/core/bpf_jit_enable") { $0 == "0" }
        case .noUnprivilegedBPF: .file(.unprivilegedBPF, "/proc/sys/kernel/unprivileged_bpf_disabled") { $0 == "1" }
        case .selinux: .file(.securityModules, modules) { $0.split(separator: ",").contains("selinux") }
        case .apparmor: .file(.securityModules, modules) { $0.split(separator: ",").contains("apparmor") }
        case .branchProtection: .console(["CPU features: detected: Address authentication", "CPU features: detected: Branch Target Identification"])
        case .memoryTagging: .console(["CPU features: detected: Memory Tagging Extension"])
        }
    }
}
