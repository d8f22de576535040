import GuestProtocol
import MatrixModel
import Testing

@testable import Judgement

@Suite("The judge")
struct JudgeTests {
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
            let judgment = Judge.judgment(of: evidence)
            #expect(judgment.cause == cause)
            #expect(judgment.verdict == .inconclusive)
        }

        @Test("a guest that could not be set up is ours, and a layout the kernel does not have is nobody's")
        func setup() {
            var evidence = Samples.compatible()
            evidence.setupFailure = CellEvidence.SetupFailure(step: "network", reason: "no such device")
            #expect(Judge.judgment(of: evidence).cause == .guestSetup)
            evidence.setupFailure = CellEvidence.SetupFailure(step: "cgroup-layout", reason: "the kernel has no v1 hierarchies")
            #expect(Judge.judgment(of: evidence).cause == .layoutNotOffered)
            #expect(Judge.judgment(of: evidence).verdict == .unavailable)
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
            let judgment = Judge.judgment(of: evidence)
            #expect(judgment.verdict == .inconclusive)
            #expect(judgment.cause == .evidenceLost)
        }
    }

    @Suite("the kernel's trouble")
    struct Kernel {
        @Test("a panic before the agent started proves nothing about the agent")
        func early() {
            var evidence = Samples.compatible()
            evidence.phases = []
            evidence.console = Array("[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs\n".utf8)
            #expect(Judge.judgment(of: evidence).cause == .bootPanic)
            #expect(Judge.judgment(of: evidence).verdict == .inconclusive)
        }

        @Test("a panic or an oops after it started is the kernel's", arguments: [("Kernel panic - not syncing: Fatal exception", Cause.kernelPanic), ("BUG: kernel NULL pointer dereference, address: 0000000000000008", .kernelOops)])
        func late(words: String, cause: Cause) {
            var evidence = Samples.compatible()
            evidence.console = Array("[    3.141592] \(words)\n".utf8)
            let judgment = Judge.judgment(of: evidence)
            #expect(judgment.cause == cause)
            #expect(judgment.verdict == .incompatible)
            #expect(judgment.findings.first?.quote.contains(words) == true)
        }
    }

    @Suite("the agent's trouble")
    struct Agent {
        @Test("an agent that ended has crashed, even if it said RUNNING before")
        func crash() {
            var evidence = Samples.compatible()
            evidence.agentEnding = .signalled(signal: 11)
            #expect(Judge.judgment(of: evidence).cause == .agentCrashed)
        }

        @Test("no status is silence")
        func silence() {
            var evidence = Samples.compatible()
            evidence.items[.status] = nil
            #expect(Judge.judgment(of: evidence).cause == .agentSilent)
        }

        @Test("a status that is broken, cut or not the schema is not believed", arguments: ["", "{", "[]", #"{"proxyAgentStatus":{}}"#, #"{"proxyAgentStatus":{"status":"SUCCESS"}}"#])
        func broken(text: String) {
            var evidence = Samples.compatible()
            evidence.items[.status] = Samples.item(text)
            #expect(Judge.judgment(of: evidence).cause == .agentStatusBroken)
        }

        @Test("a status larger than is kept is not believed, though its start may read well")
        func huge() {
            var evidence = Samples.compatible()
            evidence.items[.status]?.length = 1 << 40
            evidence.items[.status]?.isTruncated = true
            #expect(Judge.judgment(of: evidence).cause == .agentStatusBroken)
        }

        @Test("a verifier's refusal is quoted in the verifier's own words")
        func verifier() {
            var evidence = Samples.compatible()
            evidence.journal = []
            evidence.items[.status] = Samples.item(Samples.status(ebpf: "STOPPED", message: "Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: …"))
            evidence.items[.verifierLog] = Samples.item("0: (b7) r1 = 0\n1: (85) call bpf_loop#181\ninvalid func unknown#181\nprocessed 2 insns (limit 1000000) max_states_per_insn 0\n")
            let judgment = Judge.judgment(of: evidence)
            #expect(judgment.cause == .verifierRejected)
            #expect(judgment.findings.first == Finding(source: "verifier.log", quote: "invalid func unknown#181"))
        }

        @Test("an attach that fails without cgroup v2 is the configuration's, with cgroup v2 the kernel's")
        func attach() {
            var evidence = Samples.compatible()
            evidence.journal = []
            evidence.items[.status] = Samples.item(Samples.status(ebpf: "STOPPED", message: "Failed to attach program 'connect4' with error: `bpf_link_create` failed"))
            #expect(Judge.judgment(of: evidence).cause == .attachOther)
            #expect(Judge.judgment(of: evidence).cause?.fault == .kernel)
            evidence.items[.mountInfo] = Samples.item("22 1 0:20 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n")
            #expect(Judge.judgment(of: evidence).cause == .attachNoCgroup2)
            #expect(Judge.judgment(of: evidence).cause?.fault == .configuration)
        }

        @Test("an agent that says it does not run, while requests come through it, contradicts itself")
        func contradiction() {
            var evidence = Samples.compatible()
            evidence.items[.status] = Samples.item(Samples.status(ebpf: "STOPPED", message: "whatever"))
            #expect(Judge.judgment(of: evidence).cause == .statusContradicted)
        }
    }

    @Suite("what the platform saw")
    struct Behaviour {
        @Test("is the only way to green")
        func green() {
            let judgment = Judge.judgment(of: Samples.compatible())
            #expect(judgment.verdict == .compatible)
            #expect(judgment.cause == nil)
        }

        @Test("no client, no proof")
        func noClients() {
            var evidence = Samples.compatible()
            evidence.clients = []
            #expect(Judge.judgment(of: evidence).verdict == .inconclusive)
        }

        @Test("a request round the agent is not redirected, whatever the status says", arguments: Samples.clients.indices)
        func roundTheAgent(index: Int) {
            var evidence = Samples.compatible()
            let client = Samples.clients[index]
            if client.kind == .http {
                evidence.journal = evidence.journal?.map { $0.client == client.name ? Samples.request(client, claims: nil) : $0 }
            } else {
                evidence.reports[index] = Samples.report(client, peer: "169.254.169.254:80")
            }
            #expect(Judge.judgment(of: evidence).cause == .notRedirected)
        }

        @Test("a request that never arrived, or got no answer, is not forwarded")
        func lost() {
            var evidence = Samples.compatible()
            evidence.journal?.removeFirst()
            #expect(Judge.judgment(of: evidence).cause == .notForwarded)
            evidence = Samples.compatible()
            evidence.reports[0] = Samples.report(Samples.clients[0], status: 502)
            #expect(Judge.judgment(of: evidence).cause == .notForwarded)
        }

        @Test("root taken for a user, or a user for root, is misattributed", arguments: [0, 1])
        func attribution(index: Int) {
            var evidence = Samples.compatible()
            let client = Samples.clients[index]
            let wrong = client.user == 0 ? #"{ "isRoot": "false"}"# : #"{ "isRoot": "true"}"#
            evidence.journal = evidence.journal?.map { $0.client == client.name ? Samples.request(client, claims: wrong) : $0 }
            #expect(Judge.judgment(of: evidence).cause == .misattributed)
        }

        @Test("a missing report is lost evidence")
        func missingReport() {
            var evidence = Samples.compatible()
            evidence.reports.removeLast()
            #expect(Judge.judgment(of: evidence).cause == .evidenceLost)
        }

        @Test("lost audit entries degrade, wherever they are counted", arguments: [EvidenceItem.status, .finalStatus])
        func counted(item: EvidenceItem) {
            var evidence = Samples.compatible()
            evidence.items[item] = Samples.item(Samples.status(ebpf: "RUNNING", message: "Started", lost: 3))
            #expect(Judge.judgment(of: evidence).verdict == .degraded)
            #expect(Judge.judgment(of: evidence).cause == .eventsLost)
            // An entry evicted unread shows only in the connection that lacks it.
            evidence.items[item] = Samples.item(Samples.status(ebpf: "RUNNING", message: "Started", missed: 1))
            #expect(Judge.judgment(of: evidence).cause == .eventsLost)
        }
    }
}
