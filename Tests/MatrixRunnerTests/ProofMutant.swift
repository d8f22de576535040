import MatrixModel
import Testing

/// An agent or a program with one fault, the one proof that has to fail for it, and the cause that has to be named.
struct ProofMutant: Sendable, CustomTestStringConvertible {
    enum Fault: Hashable, Sendable {
        /// A mutation of `Sources/mutant-agent`.
        case agent(String)
        /// A program of `bpf/mutants`.
        case program(String)
    }

    let fault: Fault
    let proof: ProofID
    let cause: Cause

    init(_ fault: Fault, breaks proof: ProofID, _ cause: Cause) {
        self.fault = fault
        self.proof = proof
        self.cause = cause
    }

    var name: String {
        switch fault {
        case .agent(let name), .program(let name): name
        }
    }

    var testDescription: String { "\(name) breaks \(proof)" }

    static let all = [
        ProofMutant(.agent("crashes-kernel"), breaks: .kernelHealthy, .agentCrashed),
        ProofMutant(.agent("crashes"), breaks: .runs, .agentCrashed),
        ProofMutant(.program("refused"), breaks: .load, .verifierRejected),
        ProofMutant(.program("unattachable"), breaks: .attach, .attachOther),
        ProofMutant(.agent("opens-wrong-folder"), breaks: .attach, .attachOther),
        ProofMutant(.agent("cannot-listen"), breaks: .listener, .listenerFailed),
        ProofMutant(.agent("leaves-imds"), breaks: .redirectedIMDS, .notRedirected),
        ProofMutant(.agent("leaves-wireserver"), breaks: .redirectedWireServer, .notRedirected),
        ProofMutant(.agent("leaves-hostga"), breaks: .redirectedHostGAPlugin, .notRedirected),
        ProofMutant(.agent("claims-root"), breaks: .attributedUser, .misattributed),
        ProofMutant(.agent("claims-ordinary-user"), breaks: .attributedUser, .misattributed),
        ProofMutant(.agent("requests-no-key"), breaks: .keyLatched, .keyNotLatched),
        ProofMutant(.agent("forwards-nothing"), breaks: .forwarded, .notForwarded),
        ProofMutant(.agent("forwards-unsigned"), breaks: .signed, .requestsUnsigned),
        ProofMutant(.agent("signs-with-wrong-key"), breaks: .signed, .signatureWrong),
        ProofMutant(.agent("names-other-process"), breaks: .attributedProcess, .misattributed),
        ProofMutant(.agent("ignores-rules"), breaks: .unprivilegedDenied, .wronglyAllowed),
        ProofMutant(.program("any-address"), breaks: .leftAlone, .redirectedTooMuch),
        ProofMutant(.program("any-protocol"), breaks: .leftAlone, .redirectedTooMuch),
        ProofMutant(.agent("forgets-key"), breaks: .keyKept, .keyLostOnRestart),
        ProofMutant(.agent("reports-error"), breaks: .statusAgrees, .statusContradicted),
        ProofMutant(.agent("reports-disabled"), breaks: .statusAgrees, .scenarioContradicted),
        ProofMutant(.program("ipv4-only"), breaks: .dualStack, .dualStackNotRedirected),
        ProofMutant(.program("few-entries"), breaks: .burst, .eventsLost),
        ProofMutant(.program("group-as-user"), breaks: .identityUserNotGroup, .misattributed),
        ProofMutant(.agent("trusts-groups"), breaks: .identitySupplementaryGroup, .misattributed),
        ProofMutant(.agent("takes-effective-user"), breaks: .identitySetuid, .misattributed),
        ProofMutant(.agent("needs-living-process"), breaks: .identityShortLived, .misattributed),
        ProofMutant(.agent("takes-namespace-user"), breaks: .identityUserNamespace, .misattributed),
    ]

    /// What rests on the platform: one that answers unsigned requests although a key is latched leaves these unproven.
    static let ofPlatform: Set<ProofID> = [.bypassRefused, .earlyRefused]
    /// What no agent of a guest can break: an empty network namespace has no interface over which a redirected connection could reach an agent.
    /// Evidence that breaks these is in the tests of the probes.
    static let beyondAgents = ofPlatform.union([.identityNetworkNamespace])
}
