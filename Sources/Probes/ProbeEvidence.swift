import GuestProtocol
import Guidance
import Judgement
import MatrixModel

/// The evidence of a cell as probes read it: every file is parsed once.
struct ProbeEvidence: Sendable {
    let cell: CellEvidence
    let sightings: [ConsoleClassifier.Sighting]
    /// Of the first start, once it settled.
    let status: AgentStatus?
    /// The last one before the agent was stopped, with the counters of everything that happened.
    let finalStatus: AgentStatus?
    let setup: ProgramSetup
    private let traces: [String: ClientTrace]
    /// In the plan's order.
    let burst: [ClientTrace]

    init(_ cell: CellEvidence, _ sightings: [ConsoleClassifier.Sighting]) {
        self.cell = cell
        self.sightings = sightings
        func status(_ item: EvidenceItem) -> AgentStatus? { cell.items[item].flatMap { $0.isWhole ? AgentStatus(json: $0.bytes) : nil } }
        self.status = status(.status)
        finalStatus = status(.finalStatus)
        setup = ProgramSetup(cell, status: self.status)
        let requests = Dictionary(grouping: cell.journal?.filter { $0.client != nil } ?? [], by: { $0.client ?? "" })
        let reports = Dictionary(cell.reports.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [String: ClientTrace] = [:]
        for client in cell.clients {
            guard let report = reports[client.name] else { continue }
            found[client.name] = ClientTrace(client, report, requests[client.name] ?? [])
        }
        traces = found
        burst = cell.clients.filter { $0.name.hasPrefix(ProbeNames.burstPrefix) }.compactMap { found[$0.name] }
    }

    var expectation: ScenarioExpectation { cell.expectation }
    /// A deployment's clients are always served.
    var isSigned: Bool { cell.deployment != nil ? expectation.status == "SUCCESS" : expectation.isSigned }

    func trace(_ name: String) -> ClientTrace? { traces[name] }

    /// Whether the plan has such a client.
    func isPlanned(_ name: String) -> Bool { cell.clients.contains { $0.name == name } }

    /// What becomes of a client's request if the agent works; nil for a client that the scenario does not speak of.
    func expected(_ name: String) -> ClientOutcome? {
        if let outcome = expectation.clients[name] { return outcome }
        return cell.deployment != nil && ["imds-root", "imds-user"].contains(name) && isSigned ? .signed : nil
    }

    /// The scenario's clients that are in the plan, in its order.
    var namedClients: [(name: String, expected: ClientOutcome)] {
        cell.clients.compactMap { client in expected(client.name).map { (client.name, $0) } }
    }

    /// Whether a client's request reached the platform through the agent. The agent's own calls bear claims too, but no client's name.
    var throughAgent: FabricRequest? { cell.journal?.first { $0.cameThroughAgent && $0.client != nil } }

    /// Some clients bypass every agent, and the agent itself asks the platform: silence is the network between, which is ours.
    var isPlatformSilent: Bool { cell.journal?.isEmpty == true }

    /// The outcome of a proof when no client's report decides it.
    func undecided(_ what: String) -> ProofOutcome {
        if isPlatformSilent { return .undecided("Nothing of the guest ever reached the simulated platform.", cause: .harness) }
        return .undecided("The evidence has nothing of \(what).")
    }
}

extension CellEvidence {
    /// The clients of the burst that was planned; 0 where none was.
    var burst: Int { clients.count { $0.name.hasPrefix(ProbeNames.burstPrefix) } }
}
