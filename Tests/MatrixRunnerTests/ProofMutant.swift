import MatrixModel
import Testing

/// An agent or a program with one fault, and the one proof that has to fail for it.
struct ProofMutant: Sendable, CustomTestStringConvertible {
    enum Fault: Hashable, Sendable {
        /// A mutation of `Sources/mutant-agent`.
        case agent(String)
        /// A program of `bpf/mutants`.
        case program(String)
    }

    let fault: Fault
    let proof: ProofID

    init(_ fault: Fault, breaks proof: ProofID) {
        self.fault = fault
        self.proof = proof
    }

    var name: String {
        switch fault {
        case .agent(let name), .program(let name): name
        }
    }

    var testDescription: String { "\(name) breaks \(proof)" }

    static let all = [
        ProofMutant(.agent("crashes-kernel"), breaks: .kernelHealthy),
        ProofMutant(.agent("crashes"), breaks: .runs),
        ProofMutant(.program("refused"), breaks: .load),
        ProofMutant(.program("unattachable"), breaks: .attach),
        ProofMutant(.agent("opens-wrong-folder"), breaks: .attach),
        ProofMutant(.agent("cannot-listen"), breaks: .listener),
        ProofMutant(.agent("leaves-imds"), breaks: .redirectedIMDS),
        ProofMutant(.agent("leaves-wireserver"), breaks: .redirectedWireServer),
        ProofMutant(.agent("leaves-hostga"), breaks: .redirectedHostGAPlugin),
        ProofMutant(.agent("claims-root"), breaks: .attributedUser),
        ProofMutant(.agent("claims-ordinary-user"), breaks: .attributedUser),
        ProofMutant(.agent("requests-no-key"), breaks: .keyLatched),
        ProofMutant(.agent("forwards-nothing"), breaks: .forwarded),
        ProofMutant(.agent("forwards-unsigned"), breaks: .signed),
        ProofMutant(.agent("signs-with-wrong-key"), breaks: .signed),
        ProofMutant(.agent("names-other-process"), breaks: .attributedProcess),
        ProofMutant(.agent("ignores-rules"), breaks: .unprivilegedDenied),
        ProofMutant(.program("any-address"), breaks: .leftAlone),
        ProofMutant(.program("any-protocol"), breaks: .leftAlone),
        ProofMutant(.agent("forgets-key"), breaks: .keyKept),
        ProofMutant(.agent("reports-error"), breaks: .statusAgrees),
        ProofMutant(.agent("reports-disabled"), breaks: .statusAgrees),
        ProofMutant(.program("ipv4-only"), breaks: .dualStack),
        ProofMutant(.program("few-entries"), breaks: .burst),
        ProofMutant(.program("group-as-user"), breaks: .identityUserNotGroup),
        ProofMutant(.agent("trusts-groups"), breaks: .identitySupplementaryGroup),
        ProofMutant(.agent("takes-effective-user"), breaks: .identitySetuid),
        ProofMutant(.agent("needs-living-process"), breaks: .identityShortLived),
        ProofMutant(.agent("takes-namespace-user"), breaks: .identityUserNamespace),
    ]

    /// What rests on the platform: one that answers unsigned requests although a key is latched leaves these unproven.
    static let ofPlatform: Set<ProofID> = [.bypassRefused, .earlyRefused]
    /// What no agent of a guest can break: an empty network namespace has no interface over which a redirected connection could reach an agent. Evidence that breaks
    /// these is in the tests of the probes.
    static let beyondAgents = ofPlatform.union([.identityNetworkNamespace])
}
