import Diagnosis

/// Texts in the forms of further public threads, with their answers. They were written after the rules, which answered a third of them wrongly
/// or not at all; the facts are those of the threads named here, and no text is theirs.
extension FieldReportTests {
    static let threads: [Report] = verifiers + setUps + surroundings + forms

    private static let verifiers: [Report] = [
        // masoncl/rsched#4
        Report("A-trusted-pointer.txt", .trouble, "verifier-rejected", .certain, says: ["R1 type=map_value_or_null", "wrong on any kernel"], never: [upgrade]),
        // JiaHuann/libbpf-bootstrap-android#1: lines before the trace are not a reason.
        Report(
            "A-unrecognized-arg.txt", .trouble, "verifier-rejected", .certain, says: ["R7 invalid mem access 'inv'"],
            never: [upgrade, "rejected the program: Unrecognized"]),
        // aya-rs/aya#1349: the type information was not taken, and the program runs.
        Report("A-btf-load.log", .undetermined, never: ["verifier-rejected", "load-failed", "no-btf"]),
        // vpsfreecz/vpsadminos#52
        Report("A-systemd-egress.log", .undetermined, never: ["no-cgroup2", "attach-failed", "verifier-rejected"]),
        Report("A-stack-depths.log", .trouble, "verifier-rejected", .certain, says: ["combined stack size of 3 calls is 544"], never: [upgrade]),
        // GPUprobe/gpuprobe-daemon#28
        Report("B-rust-panic.txt", .trouble, "verifier-rejected", .certain, says: ["invalid indirect read from stack R2"], never: [upgrade]),
        Report("B-journal-json.log", .trouble, "verifier-rejected", .certain, says: ["invalid bpf_context access off=500 size=4"], never: [upgrade]),
        Report("B-rfc5424.log", .trouble, "verifier-rejected", .certain, says: ["invalid bpf_context access off=500 size=4"], never: [upgrade, "breaks off"]),
        Report("G-helper-of-6.1.txt", .trouble, "verifier-rejected", .certain, says: ["bpf_ktime_get_tai_ns#208 since 6.1", "series 6.1"]),
        Report("G-kfunc.txt", .trouble, "verifier-rejected", .certain, says: ["calling kernel function bpf_task_from_pid is not allowed"], never: [upgrade]),
        Report(
            "G-infinite-loop.log", .trouble, "verifier-rejected", .certain,
            says: [
                "infinite loop detected at insn 7",
                "wrong on any "
                    + "kernel",
            ], never: [upgrade]),
    ]

    private static let setUps: [Report] = [
        // findstr/lua-perf#2
        Report("C-prose-around-eacces.txt", .undetermined, says: ["the verifier's log was not sent"], never: [upgrade, "missing-privilege"]),
        // systemd/systemd#26572
        Report("C-bcc-map-eperm.txt", .trouble, "missing-privilege", .likely, says: ["never shown to the verifier"], never: [upgrade]),
        // lxc/lxc#4051
        Report("C-lxc.log", .trouble, "missing-privilege", .likely, says: ["EPERM"], never: [upgrade, "verifier-rejected"]),
        // aya-rs/aya#1244
        Report("C-link-on-unified.txt", .trouble, "attach-failed/other", .likely, says: ["although cgroup v2 is mounted"], never: [upgrade, "no-cgroup2"]),
        // opencontainers/runc#2959: containerd's `unknown` is not the verifier's.
        Report("C-runc-unknown.log", .undetermined, says: ["EINVAL", "the verifier's log was not sent"], never: [upgrade, "breaks off"]),
        Report("C-enomem.log", .undetermined, says: ["ENOMEM", "net.core.bpf_jit_limit"], never: [upgrade, "verifier-rejected"]),
        // eunomia-bpf/libbpf-starter-template#3
        Report("C-tracepoint-in-container.txt", .trouble, "attach-failed/other", .likely, says: ["tracefs"], never: [upgrade, "no-cgroup2"]),
        Report("C-kprobe-enoent.txt", .trouble, "attach-failed/other", .likely, says: ["does not have the function"], never: [upgrade, "no-cgroup2"]),
        Report("C-no-program-type.txt", .trouble, "load-failed", .likely, says: ["section's name", "wrong on any kernel"], never: [upgrade]),
        Report("C-missing-kfunc.txt", .trouble, "load-failed", .likely, says: ["bpf_iter_num_new", "not known here"], never: [upgrade]),
        Report("C-missing-target.txt", .trouble, "load-failed", .likely, says: ["vfs_fsync_x"], never: [upgrade, "no-btf"]),
        Report("C-leaks-addr.txt", .trouble, "missing-privilege", .likely, says: ["R1 leaks addr into ctx", "unprivileged"], never: [upgrade]),
        // oracle/bpftune#37
        Report("E-btf-not-asked.txt", .trouble, "no-btf", .likely, says: ["kernel configuration"], never: [upgrade]),
        Report("E-secure-boot.txt", .undetermined, says: ["is locked down", "/sys/kernel/security/lockdown"], never: [upgrade, "missing-privilege (likely"]),
        Report("E-lockdown-not-in-force.txt", .undetermined, says: ["Lockdown mode is `none`"], never: ["lockdown ("]),
    ]

    private static let surroundings: [Report] = [
        // elastic/quark#220
        Report(
            "I-hybrid-mountinfo-grep.txt", .trouble, "attach-failed/no-cgroup2", .likely,
            says: [
                "/sys/fs/cgroup/unified",
                "did not find "
                    + "it",
            ], never: [upgrade]),
        Report("I-membership-v2.txt", .undetermined, says: ["Control groups are version 2"], never: ["no-cgroup2"]),
        Report("I-membership-v1.txt", .undetermined, says: ["legacy or hybrid", "mount | grep cgroup2"]),
        // merbridge/merbridge#274
        Report("J-makefile-test.log", .undetermined, says: ["legacy or hybrid", "mount | grep cgroup2"], never: [upgrade]),
        Report("H-nodes.txt", .trouble, "kernel-too-old", .likely, says: ["5.4.0-1109-azure", "the number alone proves nothing"]),
        Report("H-rhel8-legacy.txt", .trouble, "attach-failed/no-cgroup2", .likely, says: ["mounted nowhere"]),
        Report("N-docker-info.txt", .trouble, "kernel-too-old", .likely, says: ["legacy or hybrid"], never: ["apt-get"]),
        Report("K-healthy-agent.log", .undetermined, says: ["program is loaded and attached", "has its key"], never: ["attach-failed", "load-failed"]),
        Report("K-bpftool.txt", .undetermined, never: ["attach-failed", "verifier-rejected", "no-cgroup2"]),
        Report("L-answered.log", .healthy, says: ["cloud-init waited for the agent"]),
        Report("M-cloud-init-status.txt", .trouble, "agent-not-installed", .certain, says: ["row 2"]),
        // MicrosoftDocs/azure-compute-docs#212, Azure/WALinuxAgent#652: other troubles of a deployment.
        Report("M-report-imds.txt", .undetermined, never: ["agent-not-installed", "provisioning-agent-unhealthy"]),
        Report("M-agent-not-ready.json", .undetermined, never: ["agent-not-installed", "agent-not-healthy"]),
        Report("O-get-cim.txt", .trouble, "windows-drivers-not-running", .certain, says: ["NetEbpfExt is STOPPED", "eBPFCore is RUNNING"]),
        Report("O-event-7034.txt", .trouble, "windows-agent-not-running", .likely, says: ["The event log says", "sc query of the agent"]),
        Report("O-event-7036.txt", .undetermined, never: ["windows-agent-not-running", "windows-drivers-not-running"]),
        Report("O-all-running.txt", .undetermined, says: ["GuestProxyAgent is RUNNING"], never: ["windows-agent-not-running", "windows-drivers-not-running"]),
        Report("O-oom.txt", .trouble, "agent-not-running", .certain, says: ["killed the agent for want of memory"]),
        Report("P-bicep-enabled.txt", .trouble, "control-plane-refused", .certain, says: ["`Enabled` is not a value of imds.mode"]),
        Report("P-bicep-enforce.txt", .undetermined, says: ["values that the API knows"], never: ["control-plane-refused"]),
        Report("P-powershell.txt", .trouble, "control-plane-refused", .certain, says: ["Audit, Enforce or Disabled"]),
    ]

    /// The same facts in forms that other tools and people give them.
    private static let forms: [Report] = [
        Report("A-report-form.md.txt", .trouble, "verifier-rejected", .certain, says: ["R3 min value is negative", "wrong on any kernel"], never: [upgrade]),
        Report("A-quoted-manual.txt", .undetermined, never: ["verifier-rejected"]),
        Report("B-container-runtime.log", .trouble, "verifier-rejected", .certain, says: ["invalid bpf_context access off=40"], never: [upgrade]),
        Report("B-python-logging.log", .trouble, "verifier-rejected", .certain, says: ["unreachable insn 14"], never: [upgrade]),
        Report("C-btf-optional.log", .undetermined, never: ["no-btf", "verifier-rejected", "load-failed"]),
        // Of a kernel without CONFIG_CGROUP_BPF, whose configuration was not sent.
        Report(
            "C-agent-none.log", .undetermined, says: ["never verified (EINVAL)", "the kernel's configuration"],
            never: ["verifier-rejected", "breaks off", upgrade]),
        Report("C-perf-event-denied.txt", .trouble, "missing-privilege", .likely, says: ["EACCES"], never: [upgrade, "no-cgroup2"]),
        Report("C-memlock-rlimit.txt", .trouble, "missing-privilege", .likely, says: ["EPERM"], never: ["kernel-too-old"]),
        Report("D-write-user-under-integrity.txt", .trouble, "lockdown", .certain, says: ["[integrity]", "since 4.8"], never: [upgrade]),
        Report("E-avc-map-create.txt", .trouble, "lsm-denied", .certain, says: ["map_create"], never: [upgrade]),
        Report("E-options-on.txt", .undetermined, never: ["kernel-config"]),
        // An old kernel is not a fault if the agent runs on it.
        Report("H-old-kernel-and-running.log", .undetermined, says: ["program is loaded and attached"], never: ["kernel-too-old"]),
        Report("I-findmnt-json.txt", .undetermined, says: ["layout unified"], never: ["no-cgroup2"]),
        Report("I-df.txt", .undetermined, says: ["legacy or hybrid"]),
        Report("J-podman-run.txt", .undetermined, says: ["from a container or pod"], never: ["can be attached there"]),
        Report("L-asked-and-old.log", .undetermined, says: ["older than 24.3", "does not wait for it"]),
        Report("O-list-units.txt", .undetermined, says: ["The agent's unit runs"]),
        Report("O-sc-queryex.txt", .trouble, "windows-agent-not-running", .certain, says: ["its process ended unexpectedly"]),
        Report("O-driverquery.txt", .trouble, "windows-drivers-not-running", .certain, says: ["NetEbpfExt is STOPPED", "eBPFCore is RUNNING"]),
        Report("P-az-enforced.txt", .trouble, "control-plane-refused", .certain, says: ["`Enforced` is not a value of imds.mode"]),
    ]
}
