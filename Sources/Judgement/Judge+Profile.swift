import GuestProtocol
import MatrixModel

extension Judge {
    /// A kernel that does not have what the profile switches on: a command line is a wish, what the kernel says of itself is the fact.
    static func profileRefusal(_ evidence: CellEvidence) -> Judgement? {
        guard let profile = evidence.profile else { return nil }
        let (item, file) = source(of: profile)
        let found = evidence.items[item]?.text.split(separator: "\n").first.map { String($0) } ?? ""
        guard !isInForce(profile, found) else { return nil }
        return Judgement(
            cause: .profileNotOffered,
            summary: "The kernel was told to boot with \(profile.rawValue) (\(profile.kernelArguments.joined(separator: " "))) and does not have it.",
            findings: [Finding(source: "facts.json", quote: "\(file): \(found.isEmpty ? "absent" : Quote.line(found))")])
    }

    private static func source(of profile: BootProfile) -> (EvidenceItem, String) {
        switch profile {
        case .lockdownIntegrity, .lockdownConfidentiality: (.lockdown, "/sys/kernel/security/lockdown")
        case .jitHarden: (.jitHarden, "/proc/sys/net/core/bpf_jit_harden")
        case .noUnprivilegedBPF: (.unprivilegedBPF, "/proc/sys/kernel/unprivileged_bpf_disabled")
        case .selinux, .apparmor: (.securityModules, "/sys/kernel/security/lsm")
        }
    }

    /// The active one of several is in brackets in `lockdown`; `lsm` lists what is active.
    private static func isInForce(_ profile: BootProfile, _ found: String) -> Bool {
        switch profile {
        case .lockdownIntegrity: found.contains("[integrity]")
        case .lockdownConfidentiality: found.contains("[confidentiality]")
        case .jitHarden: found == "2"
        case .noUnprivilegedBPF: found == "1"
        case .selinux: found.split(separator: ",").contains("selinux")
        case .apparmor: found.split(separator: ",").contains("apparmor")
        }
    }
}
