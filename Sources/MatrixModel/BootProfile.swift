/// How the kernel is hardened from its first moment, by its command line or by what its processor has.
public enum BootProfile: String, CaseIterable, Hashable, Sendable, Codable {
    /// kernel_lockdown(7): no way to change the running kernel.
    case lockdownIntegrity = "lockdown-integrity"
    /// kernel_lockdown(7): nor to read its memory, which bpf_probe_read does.
    case lockdownConfidentiality = "lockdown-confidentiality"
    /// The JIT blinds constants for every user (`net.core.bpf_jit_harden` 2).
    case jitHarden = "jit-harden"
    /// Programs are interpreted (`net.core.bpf_jit_enable` 0).
    case jitOff = "jit-off"
    /// `kernel.unprivileged_bpf_disabled` 1: cannot be taken back.
    case noUnprivilegedBPF = "no-unprivileged-bpf"
    /// The security module is active; no policy is loaded but its own initial one.
    case selinux = "selinux-on"
    case apparmor = "apparmor-on"
    /// The processor authenticates return addresses and checks where branches land (PAC and BTI of arm64).
    case branchProtection = "branch-protection"
    /// The processor compares the tags of pointers with those of memory (MTE of arm64), for programs that ask for it.
    case memoryTagging = "memory-tagging"

    /// - Parameter text: A name, or `all`: every profile that machines of the architecture can have.
    /// - Throws: `SelectorError` with `unknownProfile`.
    public static func parse(_ text: String, on architecture: Architecture) throws(SelectorError) -> [BootProfile] {
        if text == "all" { return architecture.profiles }
        guard let profile = BootProfile(rawValue: text) else { throw SelectorError(.unknownProfile, text: text, known: allCases.map(\.rawValue)) }
        return [profile]
    }

    /// What brings it about (kernel-parameters.txt; `sysctl.` since 5.8).
    public var kernelArguments: [String] {
        switch self {
        case .lockdownIntegrity: ["lockdown=integrity"]
        case .lockdownConfidentiality: ["lockdown=confidentiality"]
        case .jitHarden: ["sysctl.net.core.bpf_jit_harden=2"]
        case .jitOff: ["sysctl.net.core.bpf_jit_enable=0"]
        case .noUnprivilegedBPF: ["sysctl.kernel.unprivileged_bpf_disabled=1"]
        case .selinux: ["security=selinux", "selinux=1", "enforcing=0"]
        case .apparmor: ["security=apparmor", "apparmor=1"]
        case .branchProtection, .memoryTagging: []
        }
    }

    /// What the processor has to have; nil where every processor will do.
    public var processorFeature: ProcessorFeature? {
        switch self {
        case .branchProtection: .branchProtection
        case .memoryTagging: .memoryTagging
        case .lockdownIntegrity, .lockdownConfidentiality, .jitHarden, .jitOff, .noUnprivilegedBPF, .selinux, .apparmor: nil
        }
    }
}
