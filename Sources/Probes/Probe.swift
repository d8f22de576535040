import GuestProtocol
public import MatrixModel

/// One proof: what the guest does for it, and how the evidence is judged.
public struct Probe: Sendable {
    public let id: ProofID
    public let weight: ProofResult.Weight
    /// The property in one clause: "the proxy accepts connections".
    public let title: String
    /// Proofs without which this one shows nothing. It is not reached unless all of them passed.
    public let needs: [ProofID]
    /// Proofs whose failure explains a failure of this one.
    let follows: [ProofID]
    /// Proofs whose failure explains that the evidence shows nothing of this one; what it does show counts all the same.
    let hiddenBy: [ProofID]
    let steps: @Sendable (ProbeSetting) -> [ProbeStep]
    let judge: @Sendable (ProbeEvidence) -> ProofOutcome

    init(
        _ id: ProofID, _ title: String, weight: ProofResult.Weight = .essential, needs: [ProofID] = [], follows: [ProofID] = [], hiddenBy: [ProofID] = [],
        steps: @escaping @Sendable (ProbeSetting) -> [ProbeStep] = { _ in [] }, judge: @escaping @Sendable (ProbeEvidence) -> ProofOutcome
    ) {
        self.id = id
        self.weight = weight
        self.title = title
        self.needs = needs
        self.follows = follows
        self.hiddenBy = hiddenBy
        self.steps = steps
        self.judge = judge
    }

    /// The proof among all others. A kernel that broke and an agent that ended explain everything after them.
    func node(_ standing: FailureExplanation<ProofID>.Standing) -> FailureExplanation<ProofID>.Node {
        .init(id: id, standing: standing, needs: needs, follows: [.kernelHealthy, .runs].filter { $0 < id } + follows, hiddenBy: hiddenBy)
    }

    /// The proofs of every cell, the most fundamental first.
    public static let all: [Probe] = (programs + redirection + attribution + identities + keys + burst + status + deployment).sorted { $0.id < $1.id }
}

/// What a cell's guest is asked to do for a probe.
enum ProbeStep: Sendable {
    /// Before the agent starts: accept connections there.
    case listen(address: [UInt8], port: UInt16)
    /// Connect before the agent starts; the request follows once it runs.
    case early(ClientSpec)
    /// A request while the agent runs.
    case client(ClientSpec)
    /// Many of each at once.
    case burst([ClientSpec], count: UInt32)
    /// A request after the agent was started again.
    case restarted(ClientSpec)
}

/// What a probe's steps depend on.
struct ProbeSetting: Sendable {
    let expectation: ScenarioExpectation
    /// Members of the burst, for each of its two users.
    let burst: UInt32

    /// Whether the scenario lets an agent sign: only then can a key, a burst and identities be shown.
    var isSigned: Bool { expectation.isSigned }
}
