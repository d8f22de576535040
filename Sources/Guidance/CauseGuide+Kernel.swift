import MatrixModel

/// The kernel did not load the program, or not one of its maps.
extension CauseGuide {
    static let verifierRejected = loading(
        .verifierRejected, "The kernel's verifier rejected the program",
        "`ebpfProgramStatus` is not RUNNING; its message starts with `Failed to load program` and contains `Verifier output`.",
        "The lines of the verifier log between the trace and `processed N insns`: `unknown func …#N`, `BPF_STX uses reserved fields`, `R1 "
            + "unbounded memory access`.",
        [.verifierLog, .kernelRelease], [.readVerifierLog, .upgradeAgent, .reportAgent, .optOut])
    static let loadFailed = loading(
        .loadFailed, "The program could not be loaded",
        "`ebpfProgramStatus` is not RUNNING; its message names no reason of the verifier's.",
        "`ebpfProgramStatus.message` in `status.json`, with the error number that the loader printed.",
        [.agentLog, .kernelRelease, .kernelLog], [.readAgentLogs, .upgradeAgent, .reportAgent, .optOut])
    static let noBTF = loading(
        .noBTF, "The kernel has no type information (BTF)",
        "The program fails to load with a BTF error. Or it loads, and every redirected request is answered with 421.",
        "`/sys/kernel/btf/vmlinux` is absent (`CONFIG_DEBUG_INFO_BTF` is not set), and the message names BTF.",
        [.agentLog, .kernelRelease], [.kernelWithOption, .upgradeAgent, .optOut])
    static let lockdown = loading(
        .lockdown, "Lockdown mode withholds a helper from the program",
        "The verifier log says `cannot use helper bpf_probe_read…` although the kernel has the helper.",
        "`[confidentiality]` in `/sys/kernel/security/lockdown`, `lockdown=confidentiality` in `/proc/cmdline`, or `Lockdown: NAME: use of "
            + "bpf to read kernel RAM is restricted` in dmesg.",
        [.securityModules, .commandLine, .kernelLog], [.changeLockdown, .upgradeAgent, .optOut])
    static let securityModuleDenied = loading(
        .securityModuleDenied, "A security module denied the bpf(2) call",
        "Loading fails with `Operation not permitted` or `Permission denied` although the agent runs as root.",
        "`avc: denied … tclass=bpf` or `apparmor=\"DENIED\"` in the audit log or dmesg.", [.auditLog, .kernelLog],
        [.allowInPolicy, .readAgentLogs, .optOut])
    static let missingPrivilege = loading(
        .missingPrivilege, "The agent lacks a privilege that loading needs",
        "Loading fails with `Operation not permitted`, and the verifier output is empty.",
        "`CapEff` of the agent's process without CAP_BPF (bit 39) and CAP_SYS_ADMIN (bit 21), or `RLIMIT_MEMLOCK` too low on kernels before 5.11.",
        [.privileges, .securityModules, .auditLog], [.grantPrivilege, .allowInPolicy, .readAgentLogs])
    static let kernelConfiguration = loading(
        .kernelConfiguration, "The kernel was built without an option that the program needs",
        "The call fails with `Invalid argument` although kernel and cgroup v2 are recent enough.",
        "`# CONFIG_CGROUP_BPF is not set` (or CONFIG_BPF_SYSCALL, CONFIG_KPROBES) in `/proc/config.gz` or `/boot/config-$(uname -r)`.",
        [.kernelConfiguration, .kernelRelease], [.kernelWithOption, .optOut])
    static let jitFailed = loading(
        .jitFailed, "The JIT compiler could not translate the program",
        "The verifier log ends in statistics without a reason, and the call fails with ENOTSUPP (524).",
        "`errno 524` with a verifier log that has no reason; `net.core.bpf_jit_enable = 0`.", [.jitSettings, .kernelRelease],
        [.enableJIT, .upgradeAgent, .optOut])
    static let coreRelocationFailed = loading(
        .coreRelocationFailed, "The program does not fit the types of this kernel",
        "The verifier log says `invalid func unknown#195896080`, or the loader says that a CO-RE relocation failed.",
        "195896080 (0xbad2310) is the number that loaders put in place of a type, field or enumerator that this kernel does not have.",
        [.kernelRelease, .verifierLog], [.upgradeAgent, .reportAgent, .previousKernel, .optOut])
    static let mapNotCreated = loading(
        .mapNotCreated, "The kernel did not create one of the program's maps",
        "The loader says `map '…': failed to create`. The program was never shown to the verifier.",
        "The error number in that line: 22 for a type or flag that the kernel does not know, 1 for a missing privilege, 12 for memory.",
        [.agentLog, .kernelRelease, .privileges], [.readAgentLogs, .upgradeAgent, .optOut])

    private static func loading(_ cause: Cause, _ title: String, _ symptom: String, _ proof: String, _ wanted: [WantedFile], _ measures: [Measure])
        -> CauseGuide
    {
        CauseGuide(of: cause, title, symptom: symptom, proof: proof, wanted: wanted, measures: measures, article: .loadFailure)
    }
}

/// The program is loaded, and has no place where it works.
extension CauseGuide {
    static let attachNoCgroup2 = attaching(
        .attachNoCgroup2, "cgroup v2 is not mounted where the agent attaches its program",
        "`ebpfProgramStatus` is not RUNNING; its message is `Failed to attach program 'connect4' with error: …`.",
        "`mount | grep cgroup2` prints nothing, although `/proc/filesystems` lists `nodev cgroup2`.", [.mounts, .filesystems], [.mountCgroup2, .optOut])
    static let attachOther = attaching(
        .attachOther, "The program could not be attached although cgroup v2 is mounted",
        "`Failed to attach program …` on a machine where `mount | grep cgroup2` shows a mount.",
        "The message together with the mount. Another program attached exclusively, a kernel without CONFIG_CGROUP_BPF or CONFIG_KPROBES, or "
            + "lockdown can cause it.",
        [.agentLog, .kernelLog, .securityModules, .kernelConfiguration], [.detachOther, .checkLockdown, .optOut])
    static let linkNotCreated = attaching(
        .linkNotCreated, "The kernel did not create the program's link",
        "`bpf_link_create` fails with an error other than `Bad file descriptor`.",
        "The error number: 22 for kernels before 5.7 (cgroup) or 5.15 (kprobe), 1 for a missing privilege, 16 for a place that is taken.",
        [.agentLog, .kernelRelease, .mounts], [.detachOther, .upgradeAgent, .optOut])

    private static func attaching(_ cause: Cause, _ title: String, _ symptom: String, _ proof: String, _ wanted: [WantedFile], _ measures: [Measure])
        -> CauseGuide
    {
        CauseGuide(of: cause, title, symptom: symptom, proof: proof, wanted: wanted, measures: measures, article: .attachFailure)
    }
}

/// The kernel failed.
extension CauseGuide {
    static let kernelPanic = CauseGuide(
        of: .kernelPanic, "The kernel panicked while the agent ran", symptom: "The machine restarts or hangs soon after the agent started.",
        proof: "`Kernel panic - not syncing` on the console after the agent's start.", wanted: [.kernelLog],
        measures: [.upgradeKernel, .previousKernel, .reportAgent])
    static let kernelOops = CauseGuide(
        of: .kernelOops, "The kernel reported a fault of its own while the agent ran", symptom: "The machine continues, perhaps with processes that hang.",
        proof: "`Oops:`, `BUG:` or `general protection fault` on the console after the agent's start.", wanted: [.kernelLog],
        measures: [.upgradeKernel, .previousKernel, .reportAgent])
}
