import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import Probes

@Suite("The conclusion of a cell")
struct CellConclusionTests {
    @Suite("an attempt that proves nothing is the harness's fault")
    struct Attempts {
        @Test(
            "whatever the agent said before",
            arguments: [
                (GuestFate.hung, Cause.emulatorHang), (.emulatorExited("killed by signal 9"), .emulatorExit), (.consoleFlood, .consoleFlood),
                (.protocolViolation("garbage"), .protocolViolation), (.harnessFailed("no socket"), .harness), (.deadline, .timeout),
                (.endedEarly, .evidenceLost),
            ])
        func fates(fate: GuestFate, cause: Cause) {
            var evidence = Samples.compatible()
            evidence.fate = fate
            let judgement = Judgement(evidence: evidence)
            #expect(judgement.cause == cause)
            #expect(judgement.verdict == .inconclusive)
        }

        @Test("a guest that could not be set up is ours, and a layout the kernel does not have is nobody's")
        func setup() {
            var evidence = Samples.compatible()
            evidence.setupFailure = CellEvidence.SetupFailure(step: "network", reason: "no such device")
            #expect(Judgement(evidence: evidence).cause == .guestSetup)
            evidence.setupFailure = CellEvidence.SetupFailure(step: "cgroup-layout", reason: "the kernel has no v1 hierarchies")
            #expect(Judgement(evidence: evidence).cause == .layoutNotOffered)
            #expect(Judgement(evidence: evidence).verdict == .unavailable)
        }

        @Test("an agent is not blamed where the guest's clock ran too fast, and is where it ran as it should")
        func clock() {
            var evidence = Samples.compatible()
            evidence.replaceReport(by: ClientReport(name: "imds-user", peer: "169.254.169.254:80", failure: "no answer"))
            for (rate, cause) in [(4.7, Cause.harness), (1.6, .harness), (1.2, .notForwarded), (0.3, .notForwarded), (nil, .notForwarded)] {
                evidence.clockRate = rate
                #expect(Judgement(evidence: evidence).cause == cause)
            }
            // What needs no time is proven by any clock.
            var proven = Samples.compatible()
            proven.clockRate = 4.7
            #expect(Judgement(evidence: proven).verdict == .compatible)
        }

        @Test("a package that the distribution's tool refused is the agent's fault")
        func installation() {
            var evidence = Samples.compatible()
            evidence.setupFailure = CellEvidence.SetupFailure(step: "install", reason: "dpkg ended with 1")
            #expect(Judgement(evidence: evidence).cause == .notInstallable)
            #expect(Judgement(evidence: evidence).verdict == .incompatible)
        }

        @Test(
            "a systemd that mounts another layout than it was told: from 256 on nobody's fault, before it ours",
            arguments: [
                ("systemd 262 (262-1)", Cause.layoutNotOffered), ("systemd 256 (256.4-2)", .layoutNotOffered), ("systemd 252 (252.39-1~deb12u1)", .guestSetup),
                ("", .guestSetup),
            ])
        func otherLayout(version: String, cause: Cause) {
            var evidence = Samples.compatible()
            evidence.items[.serviceManager] = Samples.item("\(version)\n+PAM +AUDIT\n")
            #expect(Judgement(evidence: evidence).verdict == .compatible)
            evidence.layout = .legacy
            #expect(Judgement(evidence: evidence).cause == cause)
            #expect(Judgement(evidence: evidence).summary.contains("mounted unified"))
        }

        @Test(
            "mounts tell systemd's three layouts",
            arguments: [
                ("- cgroup2 cgroup2 rw", "/sys/fs/cgroup", CgroupLayout?.some(.unified)), ("- cgroup cgroup rw,memory", "/sys/fs/cgroup/memory", .legacy),
                ("- ext4 /dev/vda rw", "/", nil),
            ])
        func layouts(type: String, point: String, layout: CgroupLayout?) {
            #expect(MountTable(mountinfo: "22 1 0:20 / \(point) rw,nosuid shared:4 \(type)\n").layout == layout)
            let both = "22 1 0:20 / /sys/fs/cgroup/memory rw shared:4 - cgroup cgroup rw\n23 1 0:21 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw\n"
            #expect(MountTable(mountinfo: both).layout == .hybrid)
        }

        @Test("lost evidence is never green", arguments: 0..<5)
        func losses(kind: Int) {
            var evidence = Samples.compatible()
            switch kind {
            case 0: evidence.journal = nil
            case 1: evidence.items[.mountInfo] = nil
            case 2: evidence.losses = ["status.json: no space left"]
            case 3: evidence.phases.remove(.evidenceSent)
            default: evidence.hello = nil
            }
            let judgement = Judgement(evidence: evidence)
            #expect(judgement.verdict == .inconclusive)
            #expect(judgement.cause == .evidenceLost)
        }
    }

    @Suite("the kernel's trouble")
    struct Kernel {
        @Test("a panic before the agent started proves nothing about the agent")
        func early() {
            var evidence = Samples.compatible()
            evidence.phases = []
            evidence.console = Array("[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs\n".utf8)
            #expect(Judgement(evidence: evidence).cause == .bootPanic)
            #expect(Judgement(evidence: evidence).verdict == .inconclusive)
        }

        @Test("a panic that somebody asked for, or only wrote on the console, is not the kernel's")
        func forged() {
            var evidence = Samples.compatible()
            evidence.console = Array("[    9.0] Kernel panic - not syncing: forged\n".utf8)
            #expect(Judgement(evidence: evidence).verdict == .compatible)
            evidence.fate = .endedEarly
            #expect(Judgement(evidence: evidence).cause == .kernelPanic)
            evidence.console = Array("[    9.0] Kernel panic - not syncing: sysrq triggered crash\n".utf8)
            #expect(Judgement(evidence: evidence).cause == .agentCrashed)
        }

        @Test(
            "a panic or an oops after it started is the kernel's",
            arguments: [
                ("Kernel panic - not syncing: Fatal exception", Cause.kernelPanic),
                ("BUG: kernel NULL pointer dereference, address: 0000000000000008", .kernelOops),
            ])
        func late(words: String, cause: Cause) {
            var evidence = Samples.compatible()
            evidence.console = Array("[    3.141592] \(words)\n".utf8)
            // A panic ends the guest, an oops need not.
            if cause == .kernelPanic { evidence.fate = .endedEarly }
            let judgement = Judgement(evidence: evidence)
            #expect(judgement.cause == cause)
            #expect(judgement.verdict == .incompatible)
            #expect(judgement.findings.first?.quote.contains(words) == true)
        }

        @Test(
            "an oops that a process wrote on the console is not the kernel's; the kernel's own log says so, when it is whole",
            arguments: [
                // In the kernel's log with the kernel's priority, with a process's, and not at all.
                ("<5>[    0.0] Linux version 6.1\n<1>[    3.1] BUG: kernel NULL pointer dereference\n", true),
                ("<5>[    0.0] Linux version 6.1\n<8>[    3.1] BUG: kernel NULL pointer dereference\n", false),
                ("<5>[    0.0] Linux version 6.1\n<6>[    3.1] Run /init as init process\n", false),
                // Its start is overwritten, so what it lacks proves nothing.
                ("<6>[    3.1] Run /init as init process\n", true), ("", true),
            ])
        func forgedOops(log: String, isKernels: Bool) {
            var evidence = Samples.compatible()
            evidence.console = Array("[    3.1] BUG: kernel NULL pointer dereference\n".utf8)
            evidence.items[.kernelLog] = Samples.item(log)
            #expect(Judgement(evidence: evidence).cause == (isKernels ? .kernelOops : nil))
            // A log that was cut proves nothing either, nor does one of a guest that did not say farewell.
            evidence.items[.kernelLog]?.isTruncated = true
            #expect(Judgement(evidence: evidence).cause == .kernelOops)
            evidence.items[.kernelLog] = Samples.item(log)
            evidence.fate = .endedEarly
            #expect(Judgement(evidence: evidence).cause == .kernelOops)
        }
    }

    @Suite("the agent's trouble")
    struct Agent {
        @Test("an agent that ended has crashed, even if it said RUNNING before")
        func crash() {
            var evidence = Samples.compatible()
            evidence.agentEnding = .signalled(signal: 11)
            #expect(Judgement(evidence: evidence).cause == .agentCrashed)
        }

        @Test("no status is silence")
        func silence() {
            var evidence = Samples.compatible()
            evidence.items[.status] = nil
            #expect(Judgement(evidence: evidence).cause == .agentSilent)
            #expect(CellConclusion(evidence).failed == [.statusAgrees])
            // Nor did anything come through it.
            evidence.journal = evidence.journal?.filter { $0.claims == nil }
            #expect(CellConclusion(evidence).failed == [.runs])
        }

        @Test(
            "a status that is broken, cut or not the schema is not believed",
            arguments: ["", "{", "[]", #"{"proxyAgentStatus":{}}"#, #"{"proxyAgentStatus":{"status":"SUCCESS"}}"#])
        func broken(text: String) {
            var evidence = Samples.compatible()
            evidence.items[.status] = Samples.item(text)
            #expect(Judgement(evidence: evidence).cause == .agentStatusBroken)
        }

        @Test("a status larger than is kept is not believed, though its start may read well")
        func huge() {
            var evidence = Samples.compatible()
            evidence.items[.status]?.length = 1 << 40
            evidence.items[.status]?.isTruncated = true
            #expect(Judgement(evidence: evidence).cause == .agentStatusBroken)
        }

        @Test("a verifier's refusal is quoted in the verifier's own words")
        func verifier() {
            var evidence = Samples.compatible()
            evidence.journal = []
            evidence.items[.status] = Samples.item(
                Samples.status(ebpf: "STOPPED", message: "Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: …"))
            evidence.items[.verifierLog] = Samples.item(
                "0: (b7) r1 = 0\n1: (85) call bpf_loop#181\ninvalid func unknown#181\nprocessed 2 insns (limit 1000000) max_states_per_insn 0\n")
            let judgement = Judgement(evidence: evidence)
            #expect(judgement.cause == .verifierRejected)
            #expect(judgement.findings.first == Finding(source: "verifier.log", quote: "invalid func unknown#181"))
        }

        @Test("an attach that fails without cgroup v2 is the configuration's, with cgroup v2 the kernel's")
        func attach() {
            var evidence = Samples.compatible()
            evidence.journal = []
            evidence.items[.status] = Samples.item(
                Samples.status(ebpf: "STOPPED", message: "Failed to attach program 'connect4' with error: `bpf_link_create` failed"))
            #expect(Judgement(evidence: evidence).cause == .attachOther)
            #expect(Judgement(evidence: evidence).cause?.fault == .kernel)
            evidence.items[.mountInfo] = Samples.item("22 1 0:20 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n")
            #expect(Judgement(evidence: evidence).cause == .attachNoCgroup2)
            #expect(Judgement(evidence: evidence).cause?.fault == .configuration)
        }

        @Test("an agent that says it does not run, while requests come through it, contradicts itself")
        func contradiction() {
            var evidence = Samples.compatible()
            evidence.items[.status] = Samples.item(Samples.status(ebpf: "STOPPED", message: "whatever"))
            #expect(CellConclusion(evidence).failed == [.statusAgrees])
            #expect(Judgement(evidence: evidence).cause == .statusContradicted)
            // The agent's own calls to the platform are no contradiction.
            let poll = FabricRequest(
                sequence: 0, seconds: 1, endpoint: .wireServer, method: "GET", target: "/secure-channel/status", client: nil, claims: "{}", signedWith: nil,
                status: 200)
            evidence.journal = [poll]
            #expect(Judgement(evidence: evidence).cause == .loadFailed)
        }
    }
}
