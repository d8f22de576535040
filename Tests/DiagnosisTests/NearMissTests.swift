import Diagnosis
import Foundation
import Guidance
import MatrixModel
import Testing

/// For every cause a text that has its words and is no case of it: a rule that cannot be silent says nothing.
@Suite("Causes that must not be named")
struct NearMissTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        let name: String
        let text: String

        var testDescription: String { code }

        init(_ cause: Cause, _ text: String, name: String = "paste.txt") { (code, self.text, self.name) = (cause.rawValue, text, name) }
        init(_ cause: FieldCause, _ text: String, name: String = "paste.txt") { (code, self.text, self.name) = (cause.rawValue, text, name) }
    }

    static let loaded = "Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: "

    static let rows: [Row] = programs + machine + agent

    private static let programs: [Row] = [
        Row(.verifierRejected, loaded + "\n"),
        Row(.loadFailed, loaded + "R1 !read_ok\nprocessed 1 insns (limit 1000000)\n"),
        Row(.noBTF, "$ ls /sys/kernel/btf/vmlinux\n/sys/kernel/btf/vmlinux\n"),
        Row(
            .lockdown,
            "$ cat /sys/kernel/security/lockdown\nnone [integrity] confidentiality\n" + loaded
                + "0: (85) call bpf_probe_read_kernel#113\ncannot use helper bpf_probe_read_kernel#113\nprocessed 1 insns\n"),
        Row(.securityModuleDenied, "type=AVC msg=audit(1:2): avc:  denied  { read } for  pid=1 comm=\"cat\" tclass=file permissive=0\n" + loaded + "\n"),
        Row(
            .missingPrivilege,
            "CapEff:\t0000000000000000\nlibbpf: prog 'p': BPF program load failed: Invalid argument\n0: (b7) r0 = 0\nR1 !read_ok\nprocessed 1 insns (limit 1)\n"
        ),
        Row(.kernelConfiguration, "CONFIG_CGROUP_BPF=y\nCONFIG_BPF_SYSCALL=y\n# CONFIG_BPF_PRELOAD is not set\n"),
        Row(.jitFailed, "libbpf: prog 'p': BPF program load failed: Invalid argument\nprocessed 6780 insns (limit 1000000) max_states_per_insn 7\n"),
        Row(.coreRelocationFailed, loaded + "0: (85) call unknown#186\ninvalid func unknown#186\nprocessed 1 insns\n"),
        Row(.mapNotCreated, "libbpf: Error in bpf_create_map_xattr(events):Invalid argument(-22). Retrying without BTF.\n"),
    ]

    private static let machine: [Row] = [
        Row(.attachNoCgroup2, "Failed to attach program 'tcp_v4_connect' with error: `perf_event_open` failed\n"),
        Row(.attachOther, "$ mount | grep cgroup2\n$ uname -r\n6.1.0-1\nFailed to attach program 'connect4' with error: `bpf_link_create` failed\n"),
        Row(.linkNotCreated, "Error: `bpf_link_create` failed\n\nCaused by:\n    Bad file descriptor (os error 9)\n"),
        Row(.kernelTooOld, "$ uname -r\n5.14.0-427.13.1.el9_4.x86_64\n"), Row(.kernelTooOld, "$ uname -r\n5.15.0-1089-azure\n"),
        Row(.cgroup2Unsupported, "$ grep cgroup /proc/filesystems\nnodev\tcgroup\nnodev\tcgroup2\n"),
        Row(.cgroup2Unsupported, "$ cat /proc/filesystems\nnodev\tsysfs\nnodev\tcgro"),
        Row(.kernelPanic, "Our kernel panic dashboard shows no Kernel panic this week.\n"), Row(.kernelOops, "Oops, I forgot the log. BUG: none\n"),
        Row(
            .windowsDriversNotRunning,
            "SERVICE_NAME: eBPFCore\n        STATE              : 4  RUNNING\nSERVICE_NAME: Spooler\n        STATE              : 1  STOPPED\n"),
        Row(.windowsAgentNotRunning, "C:\\>sc start GuestProxyAgent\n[SC] StartService FAILED 1056:\n\nAn instance of the service is already running.\n"),
    ]

    private static let agent: [Row] = [
        Row(.agentNotInstalled, "Unit ssh.service could not be found.\nazure-proxy-agent.service is enabled\n"),
        Row(.agentNotRunning, "● ssh.service - OpenBSD Secure Shell server\n     Active: inactive (dead)\n"),
        Row(.agentCrashed, "● azure-proxy-agent.service - Microsoft Azure GuestProxyAgent\n     Active: active (running) since Wed\n"),
        Row(
            .agentNotHealthy,
            "{\"proxyAgentStatus\": {\"status\": \"ERROR\", \"keyLatchStatus\": {\"status\": \"RUNNING\", \"message\": \"\"}, \"ebpfProgramStatus\": "
                + "{\"status\": \"RUNNING\"}}}",
            name: "status.json"),
        Row(.agentStatusBroken, "libbpf: prog 'p': BPF program load failed: Invalid argument\n", name: "status.json"),
        Row(
            .listenerFailed,
            "Failed to bind TcpListener '127.0.0.1:3080': Address already in use (os error 98)\nStarted proxy listener 127.0.0.1:3080, ready to accept "
                + "request\n"
        ),
        Row(.keyNotOffered, "Failed to acquire key details: error sending request: connection refused\n"),
        Row(.keyLost, "Failed to acquire key details: Key(KeyResponse(\"acquire\", 403))\n"),
        Row(.keyRejected, "Failed to attest the key: x\nSuccessfully attest the key and ready to use\n"),
        Row(.keyResetNeeded, "Failed to acquire key details: Key(KeyResponse(\"acquire\", 403))\n"),
        Row(.keyNotLatched, "Found key details from local and ready to use. - 214\n"),
        Row(.platformUnreachable, "Failed to get key status - error sending request\nFound key details from local and ready to use\n"),
        Row(
            .notApplied,
            "{\"keyLatchStatus\": {\"status\": \"RUNNING\", \"message\": \"\", \"states\": {\"secureChannelState\": \"WireServer Enforce -  IMDS Audit\"}}}",
            name: "status.json"),
        Row(.controlPlaneRefused, "{\"proxyAgentSettings\": {\"imds\": {\"mode\": \"Audit\"}}, \"osProfile\": {\"mode\": \"Enable\"}}\n"),
        Row(
            .provisioningUnhealthy,
            "2026-02-11 - azure.py[DEBUG]: Executing ['azure-proxy-agent', '--status', '--wait', '120'] resulted in stderr='' with stdout=''\n"),
        Row(.cloudInitTooOld, "Cloud-init v. 23.3-7.cm2 running 'init-local'\nProvisionGuestProxyAgent: True\n"),
        Row(.readyWithoutKey, "Cloud-init v. 22.4.2 running 'init-local'\nReported ready to Azure fabric.\n"),
        Row(.statusStale, "{\"timestamp\": \"2020-01-01T00:00:00\", \"keyLatchStatus\": {\"status\": \"RUNNING\", \"message\": \"\"}}", name: "status.json"),
    ]

    @Test("a text that only looks like it is no case of it", arguments: rows)
    func silent(row: Row) {
        let diagnosis = Field.diagnose((row.name, row.text))
        #expect(!Self.isNamed(row.code, in: diagnosis), "\(diagnosis.conclusions)")
    }

    static func isNamed(_ code: String, in diagnosis: Diagnosis) -> Bool {
        diagnosis.conclusions.contains { $0.guide.code == code && $0.confidence > .possible }
    }

    @Test("every cause that some text of the tests has, and every cause of the field, has such a text")
    func complete() {
        let named = Set(FieldReportTests.all.compactMap(\.code)).union(FieldCause.allCases.map(\.rawValue))
        #expect(named.subtracting(Self.rows.map(\.code)).isEmpty)
    }
}
