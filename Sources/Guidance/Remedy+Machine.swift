/// What is looked at or changed in how the machine is set up. Every distribution has these commands.
extension Remedy {
    static let checkLockdown = Remedy(
        "Check whether lockdown or the kernel's configuration forbids what the program does.",
        [
            "cat /sys/kernel/security/lockdown", "cat /proc/cmdline",
            "zgrep -E 'CONFIG_(KPROBES|CGROUP_BPF|BPF_SYSCALL)' /proc/config.gz /boot/config-$(uname -r)", "sudo dmesg | grep Lockdown:",
        ],
        note:
            "Mode `confidentiality` forbids tracing programs to read kernel memory; mode `integrity` does not. A cgroup program without "
            + "kprobes works under both."
    )
    static let changeLockdown = Remedy(
        "Boot without `lockdown=confidentiality`, or with `lockdown=integrity` in its place.",
        ["cat /sys/kernel/security/lockdown", "cat /proc/cmdline", "sudo dmesg | grep Lockdown:"],
        note:
            "The mode can only be raised while the kernel runs. Secure Boot sets it on some distributions. Ask the owner of the machine's "
            + "security policy first.",
        needsRestart: true)
    static let allowInPolicy = Remedy(
        "Allow the agent's domain the bpf permissions, or correct its label.",
        [
            "sudo ausearch --message avc --start boot | grep -E 'tclass=(bpf|lockdown|perf_event)'", "getenforce",
            "sudo ausearch --message avc --start boot | audit2allow", "sudo restorecon -v /usr/sbin/azure-proxy-agent",
        ],
        note: "A denial with `permissive=1` was logged only and stopped nothing.")
    static let grantPrivilege = Remedy(
        "Give the agent CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (before Linux 5.8 CAP_SYS_ADMIN), and enough locked memory.",
        [
            "grep -E 'Cap(Eff|Bnd)|Seccomp|NoNewPrivs' /proc/\"$(pidof azure-proxy-agent)\"/status",
            "systemctl show azure-proxy-agent.service --property=User,CapabilityBoundingSet,AmbientCapabilities,LimitMEMLOCK,SystemCallFilter",
            "cat /proc/sys/kernel/unprivileged_bpf_disabled",
        ],
        note:
            "A container needs these capabilities from its runtime, and a seccomp profile that allows bpf(2). Before Linux 5.11 maps count "
            + "against LimitMEMLOCK."
    )
    static let kernelWithOption = Remedy(
        "Boot a kernel that is built with the missing option; a newer kernel built the same way does not help.",
        [
            "zgrep -E 'CONFIG_(BPF|CGROUP_BPF|KPROBES|DEBUG_INFO_BTF)' /proc/config.gz",
            "grep -E 'CONFIG_(BPF|CGROUP_BPF|KPROBES|DEBUG_INFO_BTF)' /boot/config-$(uname -r)",
        ],
        note: "The stock kernels of the large distributions have CONFIG_BPF_SYSCALL, CONFIG_CGROUP_BPF and CONFIG_KPROBES.", needsRestart: true)
    static let enableJIT = Remedy(
        "Enable the BPF JIT compiler, and read what the kernel says of it.",
        [
            "sysctl net.core.bpf_jit_enable net.core.bpf_jit_harden net.core.bpf_jit_limit", "sudo sysctl net.core.bpf_jit_enable=1",
            "sudo dmesg | grep -i bpf",
        ],
        note: "`net.core.bpf_jit_limit` bounds the memory of all programs together; other programs may have used it up.")
    static let detachOther = Remedy(
        "List the programs attached to the same cgroup; an exclusive one excludes all others.",
        ["sudo bpftool cgroup tree", "sudo bpftool cgroup detach CGROUP connect4 id ID", "sudo systemctl restart azure-proxy-agent.service"])
    static let readVerifierLog = Remedy(
        "Get the whole verifier log: status.json carries its first kilobyte, and the reason is at its end.",
        ["sudo grep -r -A 400 'Verifier output' /var/log/azure-proxy-agent/", "uname -r"], note: "`kmatrix diagnose` explains it.")
    static let checkPlatformReach = Remedy(
        "Check whether the machine can reach the platform's address.",
        ["curl --max-time 5 'http://168.63.129.16/?comp=versions'", "ip route get 168.63.129.16", "sudo nft list ruleset"],
        note: "No firewall and no proxy may block 168.63.129.16, ports 80 and 32526.")
}
