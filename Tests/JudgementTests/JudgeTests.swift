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

        @Test("an agent is not blamed where the guest's clock ran too fast, and is where it ran as it should")
        func clock() {
            var evidence = Samples.compatible()
            evidence.replaceReport(by: ClientReport(name: "imds-user", peer: "169.254.169.254:80", failure: "no answer"))
            for (rate, cause) in [(4.7, Cause.harness), (1.6, .harness), (1.2, .notForwarded), (0.3, .notForwarded), (nil, .notForwarded)] {
                evidence.clockRate = rate
                #expect(Judge.judgment(of: evidence).cause == cause)
            }
            // What needs no time is proven by any clock.
            var proven = Samples.compatible()
            proven.clockRate = 4.7
            #expect(Judge.judgment(of: proven).verdict == .compatible)
        }

        @Test("a package that the distribution's tool refused is the agent's fault")
        func installation() {
            var evidence = Samples.compatible()
            evidence.setupFailure = CellEvidence.SetupFailure(step: "install", reason: "dpkg ended with 1")
            #expect(Judge.judgment(of: evidence).cause == .notInstallable)
            #expect(Judge.judgment(of: evidence).verdict == .incompatible)
        }

        @Test("a systemd that mounts another layout than it was told: from 256 on nobody's fault, before it ours", arguments: [
            ("systemd 262 (262-1)", Cause.layoutNotOffered), ("systemd 256 (256.4-2)", .layoutNotOffered), ("systemd 252 (252.39-1~deb12u1)", .guestSetup), ("", .guestSetup),
        ])
        func otherLayout(version: String, cause: Cause) {
            var evidence = Samples.compatible()
            evidence.items[.serviceManager] = Samples.item("\(version)\n+PAM +AUDIT\n")
            #expect(Judge.judgment(of: evidence).verdict == .compatible)
            evidence.layout = .legacy
            #expect(Judge.judgment(of: evidence).cause == cause)
            #expect(Judge.judgment(of: evidence).summary.contains("mounted unified"))
        }

        @Test("mounts tell systemd's three layouts", arguments: [
            ("- cgroup2 cgroup2 rw", "/sys/fs/cgroup", CgroupLayout?.some(.unified)), ("- cgroup cgroup rw,memory", "/sys/fs/cgroup/memory", .legacy), ("- ext4 /dev/vda rw", "/", nil),
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

        @Test("a panic that somebody asked for, or only wrote on the console, is not the kernel's")
        func forged() {
            var evidence = Samples.compatible()
            evidence.console = Array("[    9.0] Kernel panic - not syncing: forged\n".utf8)
            #expect(Judge.judgment(of: evidence).verdict == .compatible)
            evidence.fate = .endedEarly
            #expect(Judge.judgment(of: evidence).cause == .kernelPanic)
            evidence.console = Array("[    9.0] Kernel panic - not syncing: sysrq triggered crash\n".utf8)
            #expect(Judge.judgment(of: evidence).cause == .agentCrashed)
        }

        @Test("a panic or an oops after it started is the kernel's", arguments: [("Kernel panic - not syncing: Fatal exception", Cause.kernelPanic), ("BUG: kernel NULL pointer dereference, address: 0000000000000008", .kernelOops)])
        func late(words: String, cause: Cause) {
            var evidence = Samples.compatible()
            evidence.console = Array("[    3.141592] \(words)\n".utf8)
            // A panic ends the guest, an oops need not.
            if cause == .kernelPanic { evidence.fate = .endedEarly }
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
            // The agent's own calls to the platform are no contradiction.
            let poll = FabricRequest(
                sequence: 0, seconds: 1, endpoint: .wireServer, method: "GET", target: "/secure-channel/status", client: nil, claims: "{}", signedWith: nil, status: 200)
            evidence.journal = [poll]
            #expect(Judge.judgment(of: evidence).cause == .loadFailed)
        }
    }

    @Suite("what the platform saw")
    struct Behaviour {
        private static func spoilt(_ change: (inout CellEvidence) -> Void) -> Judgment {
            var evidence = Samples.compatible()
            change(&evidence)
            return Judge.judgment(of: evidence)
        }

        @Test("is the only way to green")
        func green() {
            let judgment = Judge.judgment(of: Samples.compatible())
            #expect(judgment.verdict == .compatible, "\(judgment.summary)")
            #expect(judgment.cause == nil)
        }

        @Test("no client, no proof")
        func noClients() { #expect(Self.spoilt { $0.clients = [] }.verdict == .inconclusive) }

        @Test("a platform that saw nothing at all is the network's fault, which is ours")
        func silence() {
            let judgment = Self.spoilt { $0.journal = [] }
            #expect(judgment.cause == .harness)
            #expect(judgment.verdict == .inconclusive)
        }

        @Test("a request round the agent is not redirected, whatever the status says", arguments: ["imds-root", "imds-user", "wireserver-root"])
        func roundTheAgent(name: String) {
            let served = Self.spoilt { $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: .some(nil), signature: .absent)) }
            #expect(served.cause == .notRedirected)
            let refused = Self.spoilt {
                $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: .some(nil), signature: .absent, status: 403))
                $0.replaceReport(by: Samples.report($0.client(name), status: 403))
            }
            #expect(refused.cause == .notRedirected)
        }

        @Test("a request that never arrived, or got no answer, is not forwarded")
        func lost() {
            #expect(Self.spoilt { $0.replaceRequest(of: "imds-root", by: nil) }.cause == .notForwarded)
            #expect(Self.spoilt { $0.replaceReport(by: Samples.report($0.client("imds-root"), status: 502)) }.cause == .notForwarded)
        }

        @Test("a request without its signature, or with a wrong one, is not enough")
        func signatures() {
            let unsigned = Self.spoilt { $0.replaceRequest(of: "imds-user", by: Samples.request($0.client("imds-user"), signature: .absent)) }
            #expect(unsigned.cause == .requestsUnsigned)
            let wrong = Self.spoilt {
                $0.replaceRequest(of: "imds-user", by: Samples.request($0.client("imds-user"), signature: .wrong, status: 403))
                $0.replaceReport(by: Samples.report($0.client("imds-user"), status: 403))
            }
            #expect(wrong.cause == .signatureWrong)
        }

        @Test("who is refused must be refused by the agent, and who is allowed must not")
        func authorisation() {
            let allowed = Self.spoilt { evidence in
                let request = Samples.request(evidence.client("wireserver-user"))
                evidence.journal?.append(request)
                evidence.replaceReport(by: Samples.report(evidence.client("wireserver-user")))
            }
            #expect(allowed.cause == .wronglyAllowed)
            let denied = Self.spoilt {
                $0.replaceRequest(of: "wireserver-root", by: nil)
                $0.replaceReport(by: Samples.report($0.client("wireserver-root"), status: 403))
            }
            #expect(denied.cause == .wronglyDenied)
        }

        @Test("a platform that lets the unsigned pass is ours, and says nothing of the agent")
        func lenient() {
            let judgment = Self.spoilt {
                $0.replaceRequest(of: "imds-early", by: Samples.request($0.client("imds-early"), claims: .some(nil), signature: .absent))
                $0.replaceReport(by: Samples.report($0.client("imds-early")))
            }
            #expect(judgment.cause == .harness)
            #expect(judgment.verdict == .inconclusive)
        }

        @Test("root taken for a user, or a user for root, is misattributed", arguments: ["imds-root", "imds-user", "crowd-user-1"])
        func attribution(name: String) {
            let judgment = Self.spoilt {
                let client = $0.client(name)
                $0.replaceRequest(of: name, by: Samples.request(client, claims: #"{ "isRoot": "\#(client.user != 0)"}"#))
            }
            #expect(judgment.cause == .misattributed)
        }

        @Test("a process that the agent does not name, or names with another user, is misattributed")
        func process() {
            #expect(Self.spoilt { $0.items[.finalStatus] = Samples.item(Samples.status(crowd: 2)) }.cause == .misattributed)
            let swapped = Samples.status().replacing("\"root\"", with: "\"backup\"")
            #expect(Self.spoilt { $0.items[.finalStatus] = Samples.item(swapped) }.cause == .misattributed)
            #expect(Self.spoilt { $0.items[.finalStatus] = nil }.verdict == .inconclusive)
        }

        @Test("an agent that redirects what is none of its business is found out", arguments: ["untouched-ipv4", "untouched-ipv6", "untouched-udp"])
        func untouched(name: String) {
            #expect(Self.spoilt { $0.replaceReport(by: Samples.report($0.client(name), peer: "127.0.0.1:3080")) }.cause == .redirectedTooMuch)
        }

        @Test("an agent that knows nobody is degraded")
        func identity() {
            let judgment = Self.spoilt { evidence in
                for name in ["imds-root", "imds-user", "wireserver-root"] {
                    evidence.replaceRequest(of: name, by: nil)
                    evidence.replaceReport(by: Samples.report(evidence.client(name), status: 421))
                }
            }
            #expect(judgment.cause == .identityMissing)
            #expect(judgment.verdict == .degraded)
        }

        @Test("a client that writes the address as IPv6 and goes round the agent degrades")
        func dualStack() {
            let judgment = Self.spoilt {
                $0.replaceRequest(
                    of: "imds-dual-stack", by: Samples.request($0.client("imds-dual-stack"), claims: .some(nil), signature: .absent, status: 403))
                $0.replaceReport(by: Samples.report($0.client("imds-dual-stack"), status: 403))
            }
            #expect(judgment.cause == .dualStackNotRedirected)
            #expect(judgment.verdict == .degraded)
        }

        @Test("a restart must keep the key")
        func restart() {
            let other = Self.spoilt {
                $0.replaceRequest(of: "imds-root-restarted", by: Samples.request($0.client("imds-root-restarted"), key: "Azure-HMAC-SHA256 k2"))
            }
            #expect(other.cause == .keyLostOnRestart)
            let none = Self.spoilt {
                $0.replaceRequest(of: "imds-root-restarted", by: Samples.request($0.client("imds-root-restarted"), signature: .absent))
            }
            #expect(none.cause == .keyLostOnRestart)
        }

        @Test("an agent that reports an error has not latched, and one that hides it contradicts itself")
        func overall() {
            #expect(Self.spoilt { $0.items[.status] = Samples.item(Samples.status(overall: "ERROR")) }.cause == .keyNotLatched)
            #expect(Self.spoilt { $0.expectation.status = "ERROR" }.cause == .statusContradicted)
        }

        @Test("the status must say what the scenario demands", arguments: 0..<3)
        func details(index: Int) {
            let judgment = Self.spoilt {
                switch index {
                case 0: $0.expectation.keyLatch = "STOPPED"
                case 1: $0.expectation.message = "something else"
                default: $0.expectation.channel = "disabled"
                }
            }
            #expect(judgment.cause == .scenarioContradicted)
        }

        @Test("of a crowd one who is not served is enough")
        func crowd() {
            #expect(Self.spoilt { $0.replaceRequest(of: "crowd-root-2", by: nil) }.cause == .notForwarded)
        }

        @Test("of a large crowd a few without an answer prove nothing, and are tried again")
        func fewLost() {
            let judgment = Self.spoilt { evidence in
                let more = (10..<40).map { Samples.client("crowd-root", 0).member($0) }
                evidence.clients += more
                evidence.reports += more.map { Samples.report($0) }
                evidence.journal? += more.dropLast().map { Samples.request($0) }
                evidence.replaceReport(by: ClientReport(name: "crowd-root-39", httpStatus: 502))
            }
            #expect(judgment.cause == .harness)
            #expect(judgment.verdict == .inconclusive)
        }

        @Test("of a crowd those who ran out of time prove nothing where others waited long, and all the more where they did not", arguments: [
            (UInt64(9_000_000), Cause.timeout), (5_000, .notForwarded),
        ])
        func slowMachine(slowest: UInt64, cause: Cause) {
            let judgment = Self.spoilt { evidence in
                evidence.replaceRequest(of: "crowd-root-2", by: nil)
                evidence.replaceReport(by: ClientReport(name: "crowd-root-2", peer: "127.0.0.1:3080", microseconds: 15_000_000, failure: "the answer did not end in time"))
                evidence.replaceReport(by: ClientReport(name: "crowd-root-1", peer: "127.0.0.1:3080", httpStatus: 200, hasProxyHeader: true, microseconds: slowest))
            }
            #expect(judgment.cause == cause, "\(judgment)")
        }

        @Test("of a crowd some who are not recognised degrade, where all others are served")
        func unrecognised() {
            let judgment = Self.spoilt {
                $0.replaceRequest(of: "crowd-root-2", by: nil)
                $0.replaceReport(by: Samples.report($0.client("crowd-root-2"), status: 421))
            }
            #expect(judgment.cause == .eventsLost)
            #expect(judgment.verdict == .degraded)
        }

        @Test("an agent that redirects nothing is at fault, though the platform then has nothing to demand")
        func liar() {
            let judgment = Self.spoilt { evidence in
                evidence.journal = evidence.clients.filter { $0.kind == .http }.map { Samples.request($0, claims: .some(nil), signature: .absent) }
                for client in evidence.clients { evidence.replaceReport(by: Samples.report(client)) }
            }
            #expect(judgment.cause == .notRedirected)
        }

        @Test("a missing report is lost evidence")
        func missingReport() { #expect(Self.spoilt { $0.reports.removeLast() }.cause == .evidenceLost) }

        @Test("lost audit entries degrade, wherever they are counted")
        func counted() {
            // An entry evicted unread shows only in the connection that lacks it.
            for status in [Samples.status(lost: 3), Samples.status(missed: 1)] {
                let judgment = Self.spoilt { $0.items[.finalStatus] = Samples.item(status) }
                #expect(judgment.verdict == .degraded)
                #expect(judgment.cause == .eventsLost)
            }
        }
    }
}
