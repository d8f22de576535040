import GuestProtocol
import Judgement
import MatrixModel
import Testing

@testable import Probes

/// Each proof against evidence in which exactly one fact is spoilt: it fails alone, and what depends on it is not reached.
@Suite("A proof")
struct ProbeTests {
    private static func spoilt(_ change: (inout CellEvidence) -> Void) -> CellConclusion {
        var evidence = Samples.compatible()
        change(&evidence)
        return CellConclusion(evidence)
    }

    @Test("passes on evidence in which everything went well, and so do all others")
    func green() {
        let conclusion = CellConclusion(Samples.compatible())
        #expect(conclusion.judgement.verdict == .compatible, "\(conclusion.judgement.summary)")
        #expect(conclusion.proofs.allSatisfy { $0.state == .pass }, "\(conclusion.proofs.filter { $0.state != .pass })")
        #expect(Set(conclusion.proofs.map(\.id)) == Set(ProofID.known).subtracting([.provisioned]))
    }

    @Test("has a title and an id of its own")
    func titles() {
        #expect(Set(Probe.all.map(\.id)) == Set(ProofID.known))
        #expect(Set(Probe.all.map(\.title)).count == Probe.all.count)
    }

    @Test("is unproven without clients, or where nothing reached the platform")
    func nothing() {
        #expect(Self.spoilt { $0.clients = [] }.judgement.verdict == .inconclusive)
        let silence = Self.spoilt { $0.journal = [] }
        #expect(silence.judgement.cause == .harness && silence.judgement.verdict == .inconclusive)
    }

    @Test("a missing report is lost evidence")
    func missingReport() {
        let conclusion = Self.spoilt { evidence in evidence.reports.removeAll { $0.name == "imds-user" } }
        #expect(conclusion.judgement.cause == .evidenceLost && conclusion.failed.isEmpty)
    }

    @Test(
        "of redirection fails for a request that bypassed the agent, whatever the status says",
        arguments: [
            ("imds-root", ProofID.redirectedIMDS), ("imds-user", .redirectedIMDS), ("wireserver-root", .redirectedWireServer),
            ("hostga-root", .redirectedHostGAPlugin),
        ])
    func bypassed(name: String, proof: ProofID) {
        for status in [200, 403] {
            let conclusion = Self.spoilt {
                $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: .some(nil), signature: .absent, status: status))
                $0.replaceReport(by: Samples.report($0.client(name), peer: "169.254.169.254:80", status: Int32(status)))
            }
            #expect(conclusion.failed == [proof])
            #expect(conclusion.judgement.cause == .notRedirected)
        }
    }

    @Test("of forwarding fails for a request that never arrived, or got no answer")
    func lost() {
        for conclusion in [
            Self.spoilt { $0.replaceRequest(of: "imds-root", by: nil) },
            Self.spoilt { $0.replaceReport(by: Samples.report($0.client("imds-root"), status: 502)) },
        ] {
            #expect(conclusion.failed == [.forwarded])
            #expect(conclusion.judgement.cause == .notForwarded)
        }
    }

    @Test("of signing fails without a signature, or with a wrong one")
    func signatures() {
        let unsigned = Self.spoilt { $0.replaceRequest(of: "imds-user", by: Samples.request($0.client("imds-user"), signature: .absent)) }
        #expect(unsigned.failed == [.signed] && unsigned.judgement.cause == .requestsUnsigned)
        #expect(unsigned.state(.burst) == .notReached && unsigned.proofs.first { $0.id == .burst }?.blockedBy == .signed)
        let wrong = Self.spoilt {
            $0.replaceRequest(of: "imds-user", by: Samples.request($0.client("imds-user"), signature: .wrong, status: 403))
            $0.replaceReport(by: Samples.report($0.client("imds-user"), status: 403))
        }
        #expect(wrong.failed == [.signed] && wrong.judgement.cause == .signatureWrong)
    }

    @Test("of rules fails for one who is let pass, and for one who is refused")
    func rules() {
        let allowed = Self.spoilt { evidence in
            let request = Samples.request(evidence.client("wireserver-user"))
            evidence.journal?.append(request)
            evidence.replaceReport(by: Samples.report(evidence.client("wireserver-user")))
        }
        #expect(allowed.failed == [.unprivilegedDenied] && allowed.judgement.cause == .wronglyAllowed)
        let denied = Self.spoilt {
            $0.replaceRequest(of: "wireserver-root", by: nil)
            $0.replaceReport(by: Samples.report($0.client("wireserver-root"), status: 403))
        }
        #expect(denied.failed == [.unprivilegedDenied] && denied.judgement.cause == .wronglyDenied)
    }

    @Test("a platform that answers what it should refuse is ours", arguments: [("imds-early", ProofID.earlyRefused), ("imds-raw", .bypassRefused)])
    func lenient(name: String, proof: ProofID) {
        let conclusion = Self.spoilt {
            $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: .some(nil), signature: .absent))
            $0.replaceReport(by: Samples.report($0.client(name)))
        }
        #expect(conclusion.state(proof) == .unproven && conclusion.failed.isEmpty)
        #expect(conclusion.judgement.verdict == .inconclusive && conclusion.judgement.cause == .harness)
    }

    @Test("of users fails for root reported as a user, and a user as root, and hides the traps that follow", arguments: ["imds-root", "imds-user"])
    func users(name: String) {
        let conclusion = Self.spoilt {
            $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: #"{ "isRoot": "\#($0.client(name).user != 0)"}"#))
        }
        #expect(conclusion.failed == [.attributedUser] && conclusion.judgement.cause == .misattributed)
        #expect(conclusion.judgement.verdict == .incompatible)
    }

    @Test("of users fails where the agent knows nobody")
    func unknown() {
        let conclusion = Self.spoilt { evidence in
            for name in ["imds-root", "imds-user", "wireserver-root", "hostga-root"] {
                evidence.replaceRequest(of: name, by: nil)
                evidence.replaceReport(by: Samples.report(evidence.client(name), status: 421))
            }
        }
        #expect(conclusion.failed == [.attributedUser] && conclusion.judgement.cause == .identityMissing)
    }

    @Test(
        "of identities fails alone and degrades",
        arguments: [
            ("identity-root-other-group", ProofID.identityUserNotGroup), ("identity-user-root-group", .identityUserNotGroup),
            ("identity-root-member", .identitySupplementaryGroup),
            ("identity-setuid", .identitySetuid), ("identity-short-lived-user", .identityShortLived), ("identity-user-namespace", .identityUserNamespace),
        ])
    func identities(name: String, proof: ProofID) {
        let mistaken = Self.spoilt {
            $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: #"{ "isRoot": "\#($0.client(name).user != 0)"}"#))
        }
        #expect(mistaken.failed == [proof] && mistaken.judgement.verdict == .degraded)
        let refused = Self.spoilt {
            $0.replaceRequest(of: name, by: nil)
            $0.replaceReport(by: Samples.report($0.client(name), status: 421))
        }
        #expect(refused.failed == [proof])
        let impossible = Self.spoilt {
            $0.replaceRequest(of: name, by: nil)
            $0.replaceReport(by: ClientReport(name: name, failure: ClientReport.notPossible + "unshare: no such feature"))
        }
        #expect(impossible.state(proof) == .notApplicable && impossible.judgement.verdict == .compatible)
    }

    @Test("of another network namespace fails where the agent vouches for the client, and is ours where it reached the platform")
    func otherNetwork() {
        let name = ProbeNames.otherNetwork
        let vouched = Self.spoilt { evidence in
            let request = Samples.request(evidence.client(name))
            evidence.journal?.append(request)
            evidence.replaceReport(by: Samples.report(evidence.client(name)))
        }
        #expect(vouched.failed == [.identityNetworkNamespace])
        let reached = Self.spoilt { evidence in
            let request = Samples.request(evidence.client(name), claims: .some(nil), signature: .absent, status: 403)
            evidence.journal?.append(request)
            evidence.replaceReport(by: Samples.report(evidence.client(name), status: 403))
        }
        #expect(reached.state(.identityNetworkNamespace) == .unproven)
    }

    @Test("of processes fails where the agent names none, or another user's")
    func processes() {
        let none = Self.spoilt { $0.items[.finalStatus] = Samples.item(Samples.status(named: 0)) }
        #expect(none.failed == [.attributedProcess] && none.judgement.cause == .misattributed)
        #expect(none.state(.burst) == .pass)
        let swapped = Samples.status().replacing("\"root\"", with: "\"backup\"")
        #expect(Self.spoilt { $0.items[.finalStatus] = Samples.item(swapped) }.failed == [.attributedProcess])
        #expect(Self.spoilt { $0.items[.finalStatus] = nil }.judgement.verdict == .inconclusive)
    }

    @Test("of what is left alone fails for a connection that was redirected", arguments: ["untouched-ipv4", "untouched-ipv6", "untouched-udp"])
    func untouched(name: String) {
        let conclusion = Self.spoilt { $0.replaceReport(by: Samples.report($0.client(name), peer: "127.0.0.1:3080")) }
        #expect(conclusion.failed == [.leftAlone] && conclusion.judgement.cause == .redirectedTooMuch)
    }

    @Test("of both address families degrades")
    func dualStack() {
        let name = ProbeNames.dualStack
        let conclusion = Self.spoilt {
            $0.replaceRequest(of: name, by: Samples.request($0.client(name), claims: .some(nil), signature: .absent, status: 403))
            $0.replaceReport(by: Samples.report($0.client(name), peer: "169.254.169.254:80", status: 403))
        }
        #expect(conclusion.failed == [.dualStack] && conclusion.judgement.verdict == .degraded && conclusion.judgement.cause == .dualStackNotRedirected)
    }

    @Test("of the key fails where nothing was ever signed")
    func key() {
        let conclusion = Self.spoilt { evidence in
            evidence.journal = evidence.journal?.map { request in
                request.claims == nil ? request : Samples.request(evidence.client(request.client ?? ""), signature: .absent)
            }
            evidence.items[.status] = Samples.item(Samples.status(overall: "ERROR", key: "Failed to acquire key details"))
        }
        #expect(conclusion.failed == [.keyLatched] && conclusion.judgement.cause == .keyNotLatched)
        #expect(conclusion.state(.signed) == .notReached && conclusion.state(.statusAgrees) == .notReached)
    }

    @Test("of the kept key fails for another key, and for none")
    func restart() {
        let name = ProbeNames.afterRestart
        let other = Self.spoilt { $0.replaceRequest(of: name, by: Samples.request($0.client(name), key: "Azure-HMAC-SHA256 k2")) }
        let none = Self.spoilt { $0.replaceRequest(of: name, by: Samples.request($0.client(name), signature: .absent)) }
        for conclusion in [other, none] { #expect(conclusion.failed == [.keyKept] && conclusion.judgement.cause == .keyLostOnRestart) }
    }

    @Test("of the status fails for an error that is none, a success that is none, and every detail the scenario demands", arguments: 0..<5)
    func status(kind: Int) {
        let conclusion = Self.spoilt {
            switch kind {
            case 0: $0.items[.status] = Samples.item(Samples.status(overall: "ERROR"))
            case 1: $0.expectation.status = "ERROR"
            case 2: $0.expectation.keyLatch = "STOPPED"
            case 3: $0.expectation.message = "something else"
            default: $0.expectation.channel = "disabled"
            }
        }
        #expect(conclusion.failed == [.statusAgrees])
        #expect(conclusion.judgement.cause == (kind < 2 ? .statusContradicted : .scenarioContradicted))
    }

    @Test("of the listener fails by the agent's own words, and everything behind it is not reached")
    func listener() {
        let conclusion = Self.spoilt { evidence in
            let status = Samples.status().replacing(
                "\"proxyListenerStatus\":{\"status\":\"RUNNING\"", with: "\"proxyListenerStatus\":{\"status\":\"STOPPED\"")
            evidence.items[.status] = Samples.item(status)
            evidence.journal = evidence.journal?.filter { $0.claims == nil }
            evidence.reports = evidence.reports.map { report in
                report.peer == "127.0.0.1:3080" ? ClientReport(name: report.name, connectError: 111) : report
            }
        }
        #expect(conclusion.failed == [.listener], "\(conclusion.failed)")
        #expect(conclusion.judgement.cause == .listenerFailed)
    }

    @Test("of attaching is settled by the agent's log where there is no status", arguments: [true, false])
    func log(isMounted: Bool) {
        let conclusion = Self.spoilt { evidence in
            evidence.items[.status] = nil
            evidence.items[.finalStatus] = nil
            evidence.items[.agentLog] = Samples.item(
                "2026-11-28T11:10:29.691 [WARN]    Failed to attach cgroup program for redirection. Failed to attach program 'connect4' with error: "
                    + "`bpf_link_create` failed\n"
            )
            if !isMounted { evidence.items[.mountInfo] = Samples.item("22 1 0:20 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n") }
            evidence.journal = evidence.journal?.filter { $0.claims == nil }
            evidence.reports = evidence.reports.map { ClientReport(name: $0.name, peer: "169.254.169.254:80", httpStatus: 403) }
        }
        #expect(conclusion.judgement.cause == (isMounted ? .attachOther : .attachNoCgroup2))
        #expect(conclusion.failed == [.attach], "\(conclusion.proofs.filter { $0.state != .pass })")
        #expect(conclusion.judgement.findings.first?.source == "agent.log")
        #expect(conclusion.state(.load) == .pass && conclusion.state(.statusAgrees) == .notReached)
    }

    @Test(
        "of attaching names the link where the kernel refused it, and the folder where that is no cgroup or nothing is said",
        arguments: [
            (": Invalid argument", Cause.linkNotCreated), ("\n\nCaused by:\n    Device or resource busy (os error 16)", .linkNotCreated),
            (": Bad file descriptor ('/proc' is not a cgroup2 file system; its type is 0x9fa0)", .attachOther), ("", .attachOther),
        ])
    func link(reason: String, cause: Cause) {
        let conclusion = Self.spoilt { evidence in
            let message = "Failed to attach program 'connect4' with error: `bpf_link_create` failed\(reason)"
            evidence.items[.status] = Samples.item(Samples.status(ebpf: "STOPPED", message: message.replacing("\n", with: "\\n"), overall: "ERROR"))
            evidence.items[.finalStatus] = nil
            evidence.journal = evidence.journal?.filter { $0.claims == nil }
        }
        #expect(conclusion.judgement.cause == cause, "\(conclusion.judgement.summary)")
    }

    @Test("of loading fails for a map that was not created, by the words of a real agent")
    func map() {
        let conclusion = Self.spoilt { evidence in
            evidence.items[.status] = nil
            evidence.items[.finalStatus] = nil
            evidence.items[.agentLog] = Samples.item(
                "2026-11-28T15:14:08.814 [ERROR]   Failed to start redirector: Loading eBPF API from file path "
                    + "'/usr/lib/azure-proxy-agent/ebpf_cgroup.o' failed with error: map error: failed to create map `local_map` with code -1\n"
            )
            evidence.journal = evidence.journal?.filter { $0.claims == nil }
            evidence.reports = evidence.reports.map { ClientReport(name: $0.name, peer: "169.254.169.254:80", httpStatus: 403) }
        }
        #expect(conclusion.failed == [.load] && conclusion.judgement.cause == .mapNotCreated, "\(conclusion.judgement)")
    }

    @Test("a log that says nothing of the kind leaves a silent agent silent")
    func otherWords() {
        let conclusion = Self.spoilt { evidence in
            evidence.items[.status] = nil
            evidence.items[.agentLog] = Samples.item("2026-11-28T11:10:29.072 [WARN]    eBPF redirector is starting\n")
            evidence.journal = evidence.journal?.filter { $0.claims == nil }
        }
        #expect(conclusion.judgement.cause == .agentSilent && conclusion.failed == [.runs])
    }

    @Test("two defects cost two proofs, and neither hides the other")
    func two() {
        let conclusion = Self.spoilt {
            $0.replaceReport(by: Samples.report($0.client("untouched-udp"), peer: "127.0.0.1:3080"))
            $0.replaceRequest(of: "identity-setuid", by: Samples.request($0.client("identity-setuid"), claims: #"{ "isRoot": "true"}"#))
        }
        #expect(conclusion.failed == [.leftAlone, .identitySetuid])
        #expect(conclusion.judgement.verdict == .incompatible && conclusion.judgement.summary.contains("Also failed: identity/setuid."))
    }

    @Test("a known defect fails all the same and is named as known")
    func known() throws {
        var evidence = Samples.compatible()
        evidence.replaceRequest(of: "identity-setuid", by: Samples.request(evidence.client("identity-setuid"), claims: #"{ "isRoot": "true"}"#))
        let defect = KnownDefect(proof: .identitySetuid, reason: "by design", reference: "there", until: try CalendarDay(parsing: "2031-01-01"))
        let other = KnownDefect(proof: .burst, reason: "by design", reference: "there", until: try CalendarDay(parsing: "2031-01-01"))
        let conclusion = CellConclusion(evidence, knownDefects: [other, defect])
        #expect(conclusion.proofs.failsOnlyAsKnown && conclusion.judgement.verdict == .degraded)
        #expect(conclusion.proofs.first { $0.id == .burst }?.knownDefect == nil)
        #expect(!CellConclusion(evidence, knownDefects: [other]).proofs.failsOnlyAsKnown)
    }

    @Test("a burst that passes says how large it was, and that a known defect may need a larger one")
    func small() throws {
        let defect = KnownDefect(proof: .burst, reason: "by design", reference: "there", until: try CalendarDay(parsing: "2031-01-01"))
        func summary(_ evidence: CellEvidence, _ defects: [KnownDefect]) -> String {
            CellConclusion(evidence, knownDefects: defects).proofs.first { $0.id == .burst }?.summary ?? ""
        }
        #expect(summary(Samples.compatible(), []) == "6 clients at once were served and attributed.")
        #expect(summary(Samples.compatible(), [defect]).contains("may show only with 200 clients"))
        let other = KnownDefect(proof: .dualStack, reason: "by design", reference: "there", until: try CalendarDay(parsing: "2031-01-01"))
        #expect(!summary(Samples.compatible(), [other]).contains("may show"))
        #expect(!CellConclusion(Samples.compatible(), knownDefects: [defect]).proofs.contains { $0.id != .burst && $0.summary.contains("may show") })
    }
}
