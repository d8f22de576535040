import Diagnosis

/// More texts of the classes that the field's reports fall into, in the form that each loader, distribution and tool prints. Facts and forms
/// are those of the public reports named here; the logs are shortened.
extension FieldReportTests {
    static let variants: [Report] = programs + starts + policies + machines + services + threads

    /// Classes A, B, D and G: which text is a verifier's log, where it is found, and what its words come to.
    private static let programs: [Report] = [
        Report("A-verifier.log", .undetermined, never: ["verifier-rejected"]),
        // microsoft/SysmonForLinux#65
        Report("A-sysmon-journal.log", .trouble, "verifier-rejected", .certain, says: ["R1 unbounded memory access"], never: [upgrade]),
        Report("A-verbose-statistics.txt", .trouble, "verifier-rejected", .certain, says: ["R2 invalid mem access 'inv'"], never: [upgrade]),
        // systemd/systemd#31888
        Report("A-systemd-german-month.log", .undetermined, says: ["systemd tries"], never: ["verifier-rejected", "no-cgroup2"]),
        // cilium/cilium#18680
        Report("B-cilium-logfmt.log", .trouble, "verifier-rejected", .certain, says: ["R2 invalid mem access 'inv'"], never: [upgrade]),
        Report("B-cilium-ebpf-one-line.txt", .trouble, "verifier-rejected", .certain, says: ["R0 invalid mem access 'inv'"], never: [upgrade, "breaks off"]),
        // sysprog21/sehttpd#3
        Report("B-bcc.txt", .trouble, "verifier-rejected", .certain, says: ["R1 type=inv expected=map_ptr"], never: [upgrade]),
        Report("B-tc.txt", .trouble, "verifier-rejected", .certain, says: ["invalid access to packet"], never: [upgrade]),
        Report("B-docker-json.log", .trouble, "verifier-rejected", .certain, says: ["R2 !read_ok"], never: [upgrade]),
        Report("B-extension.status.json", .trouble, "verifier-rejected", .certain, says: ["bpf_get_retval#186 in sock_addr programs since 6.1", "series 6.1"]),
        // falcosecurity/libs#1521: an EPERM behind a reason of the verifier's is no missing privilege.
        Report("B-falco-legacy.txt", .trouble, "verifier-rejected", .certain, says: ["cannot be patched"], never: [upgrade, "missing-privilege"]),
        Report("B-bpftrace.txt", .trouble, "verifier-rejected", .certain, says: ["invalid bpf_context access off=500"], never: [upgrade]),
        Report("B-cilium-verifier-error.log", .trouble, "verifier-rejected", .certain, says: ["The limit is a million"], never: [upgrade]),
        Report("B-grep-context.log", .trouble, "verifier-rejected", .certain, says: ["invalid bpf_context access off=500 size=4"], never: [upgrade]),
        Report("B-tetragon-json.log", .trouble, "lockdown", .likely, says: ["withholds"], never: [upgrade]),
        Report("B-cut-journal.log", .trouble, "verifier-rejected", .certain, says: ["breaks off before the reason", "Verifier output"]),
        Report(
            "D-helper-of-5.5-on-5.4.txt", .trouble, "verifier-rejected", .certain, says: ["bpf_probe_read_kernel#113 since 5.5", "series 5.5"],
            never: ["lockdown ("]),
        Report(
            "D-pid-in-sock-connect4-5.4.txt", .trouble, "verifier-rejected", .certain, says: ["in sock_addr programs since 5.7", "series 5.7"],
            never: ["lockdown ("]),
        Report("D-helper-not-of-type.txt", .trouble, "verifier-rejected", .likely, says: ["a newer kernel does not help"], never: [upgrade, "lockdown ("]),
        Report("G-a-million.txt", .trouble, "verifier-rejected", .certain, says: ["on newer kernels too"], never: [upgrade]),
        Report("G-131072.txt", .trouble, "verifier-rejected", .certain, says: ["the limit of kernels before 5.2", "series 5.2"]),
        // lizrice/learning-ebpf#34
        Report("G-last-insn.txt", .trouble, "verifier-rejected", .certain, says: ["last insn is not an exit or jmp"], never: [upgrade]),
        Report("G-unknown-words.txt", .trouble, "verifier-rejected", .certain, says: ["not known here"], never: [upgrade, "No newer kernel"]),
        Report("G-relocation-on-newer.txt", .trouble, "core-relocation-failed", .certain, never: [upgrade]),
    ]

    /// Class M: what keeps the agent's program from beginning.
    private static let starts: [Report] = [
        Report("M-glibc.log", .trouble, "agent-not-running", .certain, says: ["GLIBC_2.34", "newer C library"], never: ["verifier-rejected"]),
        Report("M-glibc-of-another.log", .undetermined, never: ["C library"]),
        Report("M-203-exec.txt", .trouble, "agent-not-running", .certain, says: ["203/EXEC"], never: ["exits again"]),
    ]

    /// Classes C and E: what failed before, behind and beside the verifier.
    private static let policies: [Report] = [
        // ddddddO/packemon#34, dropbox/goebpf#45
        Report(
            "C-map-eperm-container.txt", .trouble, "missing-privilege", .likely, says: ["pkt_count", "never shown to the verifier"],
            never: [upgrade, "verifier-rejected"]),
        Report("C-map-eperm-go.txt", .trouble, "missing-privilege", .likely, never: [upgrade, "kernel-too-old"]),
        // libbpf/libbpf-bootstrap#139, xdp-project/xdp-tutorial#148
        Report("C-enosys.txt", .trouble, "kernel-config", .likely, says: ["CONFIG_BPF_SYSCALL"], never: [upgrade]),
        Report("C-enosys-xdp.txt", .trouble, "kernel-config", .likely, says: ["CONFIG_BPF_SYSCALL"], never: [upgrade]),
        // bottlerocket-os/bottlerocket#4567
        Report("C-errno-524.txt", .trouble, "jit-failed", .likely, says: ["without a reason"], never: [upgrade, "verifier-rejected"]),
        // kxxt/tracexec#173
        Report("C-not-jited.txt", .trouble, "jit-failed", .certain, never: [upgrade]),
        Report("C-attach-524-arm64.txt", .trouble, "link-not-created", .likely, says: ["trampoline"], never: ["no-cgroup2", "mount -t cgroup2"]),
        // open-telemetry/opentelemetry-ebpf-profiler#391
        Report("C-e2big.txt", .undetermined, says: ["E2BIG", "verifier log"], never: [upgrade, "verifier-rejected"]),
        // falcosecurity/libs#462, falcosecurity/falco#3443
        Report("C-enospc.txt", .undetermined, says: ["buffer was too small"], never: [upgrade, "freeDisk"]),
        Report("C-enospc-cut.txt", .undetermined, says: ["buffer was too small"], never: [upgrade, "verifier-rejected"]),
        Report("C-jit-524-no-log.txt", .undetermined, says: ["ENOTSUPP comes from the JIT compiler"], never: [upgrade, "verifier-rejected"]),
        Report(
            "C-aya-debug-map.txt", .trouble, "missing-privilege", .likely, says: ["audit_map", "never shown to the verifier"],
            never: [upgrade, "verifier-rejected"]),
        Report("C-aya-debug-link.txt", .trouble, "link-not-created", .likely, says: ["EINVAL"], never: ["verifier-rejected"]),
        Report("C-no-log.txt", .undetermined, says: ["the verifier's log was not sent", "6.12.8-artix1-1"], never: [upgrade, "verifier-rejected"]),
        Report("C-aya-eperm.txt", .trouble, "missing-privilege", .likely, says: ["never verified", "EPERM"], never: [upgrade, "breaks off"]),
        Report("C-ring-buffer-required.txt", .trouble, "map-not-created", .likely, says: ["since 5.8"]),
        Report("C-link-required.txt", .trouble, "link-not-created", .certain, says: ["since 5.7", "5.4.0-1109-azure"], never: ["mount -t cgroup2"]),
        Report("C-other-process.log", .undetermined, never: ["verifier-rejected", upgrade]),
        Report("C-memlock.txt", .trouble, "missing-privilege", .likely, says: ["65536 bytes"], never: [upgrade]),
        // cilium/cilium#6358, rancher/rke2#1273
        Report("E-avc-denied.txt", .trouble, "lsm-denied", .certain, says: ["avc:"], never: [upgrade, "verifier-rejected"]),
        Report("E-avc-permissive.txt", .undetermined, says: ["it stopped nothing"], never: ["lsm-denied"]),
        Report("E-apparmor.txt", .trouble, "lsm-denied", .certain, says: ["apparmor"], never: [upgrade]),
        // kguardian-dev/kguardian#869
        Report("E-lockdown-dmesg.txt", .trouble, "lockdown", .certain, says: ["Lockdown: controller"], never: [upgrade]),
        Report(
            "E-lockdown-integrity.txt", .trouble, "verifier-rejected", .likely, says: ["`integrity`, which does not withhold it"],
            never: [upgrade, "lockdown ("]),
        // iovisor/bcc#283, bpftrace/bpftrace#853
        Report("E-no-bpf-syscall.txt", .trouble, "kernel-config", .certain, says: ["CONFIG_BPF_SYSCALL"], never: [upgrade]),
        Report("E-lockdown-kprobes.txt", .trouble, "lockdown", .likely, says: ["Use of kprobes is restricted"], never: [upgrade]),
        Report("E-kprobe-under-lockdown.txt", .trouble, "lockdown", .certain, says: ["[confidentiality]"], never: [upgrade]),
        Report("E-unit-without-capabilities.txt", .trouble, "missing-privilege", .certain, says: ["CapabilityBoundingSet"], never: [upgrade]),
        Report("E-selinux-enforcing.txt", .trouble, "lsm-denied", .likely, says: ["SELinux is enforcing", "audit log"], never: [upgrade]),
        Report("E-no-btf.txt", .trouble, "no-btf", .certain, says: ["CONFIG_DEBUG_INFO_BTF is not set"], never: [upgrade]),
    ]

    /// Classes H, I, J, K and N: kernels, mounts, whose mounts, and whose commands.
    private static let machines: [Report] = [
        Report("H-rhel9.txt", .undetermined, says: ["documented as supported", "The agent's unit runs"], never: ["kernel-too-old"]),
        Report("H-sles15sp5.txt", .undetermined, says: ["documented as supported"], never: ["kernel-too-old"]),
        Report("H-uek.txt", .trouble, "kernel-too-old", .likely, says: ["the number alone proves nothing"]),
        Report(
            "H-two-kernels-in-prose.txt", .undetermined, says: ["It loaded on 5.15.0-1045-azure", "6.8.0-1052-azure"], never: [upgrade, "verifier-rejected"]),
        Report("H-link-before-5.7.txt", .trouble, "link-not-created", .likely, says: ["since 5.7", "series 5.7"]),
        Report("H-no-btf-4.14.txt", .trouble, "no-btf", .likely, never: ["kernel-too-old"]),
        Report("I-findmnt.txt", .undetermined, says: ["layout unified"], never: ["no-cgroup2"]),
        Report("I-findmnt-tmpfs.txt", .undetermined, says: ["legacy or hybrid", "mount | grep cgroup2"]),
        // aya-rs/aya#1014, in a hybrid layout
        Report(
            "I-hybrid-ebadf.txt", .trouble, "attach-failed/no-cgroup2", .likely, says: ["/sys/fs/cgroup/unified", "did not find it"],
            never: [upgrade, "is mounted nowhere"]),
        Report("I-ls-v1.txt", .undetermined, says: ["legacy or hybrid"]),
        Report("I-ls-v2.txt", .undetermined, says: ["layout unified"], never: ["no-cgroup2"]),
        Report("I-stat-v2.txt", .undetermined, says: ["layout unified"], never: ["no-cgroup2"]),
        Report("J-kubectl-exec.txt", .trouble, "attach-failed/no-cgroup2", .certain, says: ["does not disprove it"], never: [upgrade]),
        Report("J-manual.txt", .trouble, "attach-failed/no-cgroup2", .certain, says: ["printed nothing"], never: [upgrade]),
        Report("J-container-root.txt", .undetermined, says: ["only the part", "a container's"], never: ["can be attached there"]),
        Report("J-nsenter.txt", .trouble, "attach-failed/no-cgroup2", .likely, says: ["from a container or pod"]),
        Report("K-healthy-pieces.txt", .undetermined, says: ["The agent's unit runs", "layout unified", "status.json", "agent log"], never: ["uname -r"]),
        Report("K-prose.txt", .undetermined, says: ["5.15.0-1053-azure"], never: ["no-cgroup2", "verifier-rejected"]),
        Report("N-lsb-release.txt", .trouble, "attach-failed/no-cgroup2", .likely, says: ["update-grub"], never: ["grubby"]),
        Report("N-hostnamectl.txt", .trouble, "kernel-too-old", .likely, says: ["linux-image-cloud-amd64"], never: ["dnf"]),
        Report("N-flatcar.txt", .trouble, "attach-failed/no-cgroup2", .likely, never: ["grubby", "apt-get", "dnf", "update-grub"]),
        Report("N-openeuler.txt", .trouble, "kernel-too-old", .likely, never: ["dnf", "apt-get", "zypper"]),
    ]

    /// Classes L, M, O and P: cloud-init, messages in messages, states of services, and the control plane.
    private static let services: [Report] = [
        // canonical/cloud-init#4860
        Report("L-not-asked.log", .undetermined, says: ["did not ask cloud-init to wait"], never: ["cloud-init-too-old"]),
        Report("L-back-port.log", .undetermined, says: ["does not say whether it waits"], never: ["cloud-init-too-old"]),
        Report("L-call-timed-out.log", .undetermined, never: ["No trouble", "cloud-init-too-old"]),
        // canonical/cloud-init#5138
        Report("M-report-not-found.txt", .trouble, "agent-not-installed", .certain, says: ["row 2"]),
        Report(
            "M-verifier-in-stdout.log", .trouble, "provisioning-agent-unhealthy", .certain, says: ["Exit code 2", "verifier-rejected (certain)", "since 6.1"]),
        Report("M-sc-start.txt", .trouble, "windows-agent-not-running", .certain, says: ["it is disabled"]),
        Report("M-run-command.json", .trouble, "attach-failed/no-cgroup2", .likely, says: ["5.15.0-1089-azure"], never: [upgrade]),
        Report("O-get-service.txt", .trouble, "windows-drivers-not-running", .certain, says: ["NetEbpfExt is STOPPED", "eBPFCore is RUNNING"]),
        Report("O-sc-german.txt", .trouble, "windows-drivers-not-running", .certain, says: ["not started since the last boot"]),
        Report("O-start-pending.txt", .undetermined, says: ["on its way to another state"]),
        // microsoft/ebpf-for-windows#275
        Report("O-sc-start-without-prompt.txt", .trouble, "windows-drivers-not-running", .certain, says: ["its file was not found"]),
        Report("O-net-start-577.txt", .trouble, "windows-drivers-not-running", .certain, says: ["its signature was rejected"]),
        Report("O-is-active.txt", .trouble, "agent-not-running", .certain),
        Report(
            "O-windows-unknown.json", .trouble, "agent-not-healthy", .certain, says: ["ebpfProgramStatus is UNKNOWN", "sc query of the drivers"],
            never: ["windows-drivers-not-running (likely"]),
        Report("P-mode-of-property.txt", .trouble, "control-plane-refused", .certain, says: ["`Enable` is not a value of imds.mode"]),
        Report("P-error-converting.txt", .trouble, "control-plane-refused", .certain, says: ["`Enable` is not a value of wireServer.mode"]),
        Report("P-arm-error.json", .trouble, "control-plane-refused", .certain, says: ["Audit, Enforce or Disabled"]),
        Report("P-model-enable.json", .trouble, "control-plane-refused", .certain, says: ["`Enable` is not a value of imds.mode", "a slip for `Enforce`"]),
        Report("P-model-both.json", .trouble, "control-plane-refused", .certain, says: ["both a mode and a profile"]),
        Report("P-terraform-enable.txt", .trouble, "control-plane-refused", .certain, says: ["`Enable` is not a value of imds.mode"]),
        Report("P-az-update.txt", .trouble, "control-plane-refused", .certain, says: ["`Enable` is not a value of imds.mode"]),
        Report("P-model-valid.json", .undetermined, says: ["values that the API knows"], never: ["control-plane-refused"]),
        Report("P-wrong-os.txt", .trouble, "control-plane-refused", .certain, says: ["choose a profile for this operating system"]),
        Report("P-nested-error.txt", .trouble, "control-plane-refused", .certain, says: ["a higher number than the model has"]),
    ]
}
