import Diagnosis
import Foundation
import Guidance
import MatrixModel
import SupportBundles
import SystemPackage
import TestSupport
import Testing

/// What a bundle has to bring for the rules of a diagnosis, from a machine's files and the answers of its programs.
@Suite("What a gathering brings")
struct CollectedMachineTests {
    /// A machine as its files and programs show it. The agent cannot load its program.
    static let files = [
        ("proc/sys/kernel/osrelease", "5.14.0-427.13.1.el9_4.x86_64\n"),
        ("etc/os-release", "ID=\"rhel\"\nPRETTY_NAME=\"Red Hat Enterprise Linux 9.4 (Plow)\"\n"),
        ("proc/filesystems", "nodev\tsysfs\nnodev\tcgroup\nnodev\tcgroup2\nnodev\ttmpfs\n"),
        ("proc/self/mountinfo", "21 1 0:19 / /proc rw,nosuid - proc proc rw\n31 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"),
        ("proc/cmdline", "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-5.14.0-427.13.1.el9_4.x86_64 root=UUID=1 ro console=ttyS0\n"),
        ("proc/cgroups", "#subsys_name\thierarchy\n"),
        ("sys/kernel/security/lockdown", "[none] integrity confidentiality\n"), ("sys/kernel/security/lsm", "lockdown,capability,yama,selinux,bpf\n"),
        ("proc/sys/net/core/bpf_jit_harden", "1\n"), ("proc/sys/kernel/unprivileged_bpf_disabled", "2\n"),
        ("var/log/cloud-init.log", "2026-02-11 10:20:01,004 - util.py[DEBUG]: Cloud-init v. 23.4-7.el9_4.3 running 'init-local'\n"),
        (
            "var/log/azure-proxy-agent/ProxyAgent.log",
            "2026-02-11T10:22:06.118 [ERROR] Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: \n"
        ),
        ("var/lib/azure-proxy-agent/keys/status.tag", "keyLatchStatus - Found key details from local\n"),
        ("var/lib/azure-proxy-agent/keys/provisioned.tag", "Unknown\n"),
        ("var/lib/azure-proxy-agent/keys/5d0c.key", CollectorTests.secret), ("sys/kernel/btf/vmlinux", "\u{1}"),
    ]

    static let answers = [
        "unit-state.txt": "Id=azure-proxy-agent.service\nLoadState=loaded\nActiveState=active\nSubState=running\n",
        "unit-status.txt": "● azure-proxy-agent.service - Microsoft Azure GuestProxyAgent\n     Active: active (running) since Wed 2026-02-11 10:20:01 UTC\n",
        "unit-journal.log": "Feb 11 10:20:01 vm systemd[1]: Started azure-proxy-agent.service - Microsoft Azure GuestProxyAgent.\n",
        "unit-settings.txt": "User=root\nCapabilityBoundingSet=cap_chown cap_bpf cap_sys_admin\nLimitMEMLOCK=8388608\n",
        "cloud-init-version.txt": "/usr/bin/cloud-init 23.4-7.el9_4.3\n",
        "cloud-init-status.txt": "status: done\n", "jit.txt": "net.core.bpf_jit_enable = 1\n",
        "kernel-config.txt": "CONFIG_BPF_SYSCALL=y\nCONFIG_CGROUP_BPF=y\nCONFIG_USB=y\n",
        "dmesg.txt": "[    0.0] Linux version 5.14.0-427.13.1.el9_4.x86_64\n[    1.0] usb 1-1: new device\n",
        "agent-process.txt": "CapEff:\t000001ffffffffff\nMax locked memory         8388608              8388608              bytes\n",
        "agent-mountinfo.txt": "31 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n", "audit.txt": "",
    ]

    static func diagnose(_ changes: [String: String] = [:], renaming: (String) -> String = { $0 }) async throws -> Diagnosis {
        let root = try TemporaryFolder()
        for (place, text) in files {
            let path = root.path.appending(place)
            try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
            try (changes[place] ?? text).write(toFile: path.string, atomically: true, encoding: .utf8)
        }
        let collector = Collector(root: root.path) { question in (changes[question.name] ?? answers[question.name]).map { Array($0.utf8) } }
        let outcome = try await collector.gather(time: "2026-02-11T10:30:00Z", version: "test")
        #expect(outcome.missing == ["/var/log/azure-proxy-agent/status.json"])
        #expect(
            !String(decoding: outcome.archive, as: UTF8.self).contains(CollectorTests.secret)
                && !String(decoding: outcome.archive, as: UTF8.self).contains("usb 1-1"))
        let path = root.path.appending("out.tar")
        try LiveMachine.write(outcome.archive, to: path)
        return Diagnosis(try await BundleReader().read(path).files.map { BundleFile(name: renaming($0.name), bytes: $0.bytes) })
    }

    @Test("every question of the gathering has an answer here")
    func complete() { #expect(Set(Collector.questions.map(\.name)) == Set(Self.answers.keys)) }

    @Test("nothing speaks against the machine itself: what is asked for is what was not gathered")
    func plain() async throws {
        let diagnosis = try await Self.diagnose()
        #expect(diagnosis.codes == ["load-failed"] && diagnosis.outcome == .undetermined, "\(diagnosis.conclusions)")
        #expect(diagnosis.facts.unit?.value == .running && diagnosis.facts.hasBTF?.value == true && diagnosis.family == .rhel)
    }

    /// One answer of the machine's changes, and the diagnosis with it, under any name of the files.
    @Test(
        "each policy and setting that it brings is a cause where it stands in the way",
        arguments: [
            (
                "dmesg.txt",
                "[    9.1] audit: type=1400 audit(1.2:3): avc:  denied  { prog_load } for  pid=9 comm=\"azure-proxy-age\" tclass=bpf permissive=0\n",
                "lsm-denied"
            ),
            ("audit.txt", "type=AVC msg=audit(1.2:3): avc:  denied  { prog_load } for  pid=9 comm=\"azure-proxy-age\" tclass=bpf permissive=0\n", "lsm-denied"),
            ("dmesg.txt", "[    9.1] Lockdown: azure-proxy-age: use of bpf to read kernel RAM is restricted; see man kernel_lockdown.7\n", "lockdown"),
            ("kernel-config.txt", "# CONFIG_BPF_SYSCALL is not set\n", "kernel-config"),
            ("agent-process.txt", "CapEff:\t00000000a80425fb\n", "missing-privilege"),
            ("unit-settings.txt", "CapabilityBoundingSet=cap_chown cap_net_admin\n", "missing-privilege"),
            ("unit-state.txt", "Id=azure-proxy-agent.service\nLoadState=not-found\nActiveState=inactive\n", "agent-not-installed"),
            ("var/log/azure-proxy-agent/ProxyAgent.log", "Failed to attach program 'connect4' with error: `bpf_link_create` failed\n", "attach-failed/other"),
        ])
    func policies(name: String, text: String, code: String) async throws {
        let diagnosis = try await Self.diagnose([name: text])
        #expect(diagnosis.codes.first == code && diagnosis.conclusions.first.map { $0.confidence > .possible } == true, "\(diagnosis.conclusions)")
        var number = 0
        let renamed = try await Self.diagnose([name: text]) { _ in
            number += 1
            return "file-\(number)"
        }
        #expect(renamed.codes == diagnosis.codes, "\(renamed.conclusions)")
    }

    @Test("the agent's own view of the mounts outranks the machine's")
    func view() async throws {
        let log = "Failed to attach program 'connect4' with error: `bpf_link_create` failed\n"
        let seen = "21 1 0:19 / /proc rw,nosuid - proc proc rw\n31 22 0:26 / /sys/fs/cgroup/cpu rw,nosuid - cgroup cgroup rw,cpu\n"
        let diagnosis = try await Self.diagnose(["var/log/azure-proxy-agent/ProxyAgent.log": log, "agent-mountinfo.txt": seen])
        #expect(diagnosis.codes.first == "attach-failed/no-cgroup2" && diagnosis.conclusions.first?.confidence == .certain, "\(diagnosis.conclusions)")
    }
}

extension Diagnosis {
    fileprivate var codes: [String] { conclusions.map(\.guide.code) }
}
