import GuestProtocol
import MatrixModel

extension Judge {
    /// What the platform saw of the clients. The agent says that it runs; this is the proof, and the last rule.
    static func behaviour(_ evidence: CellEvidence) -> Judgment {
        let journal = evidence.journal ?? []
        guard !evidence.clients.isEmpty else {
            return Judgment(cause: .evidenceLost, summary: "No client was asked to do anything, so nothing is proven.")
        }
        for client in evidence.clients {
            guard let report = evidence.reports.first(where: { $0.name == client.name }) else {
                return Judgment(cause: .evidenceLost, summary: "The report of client \(client.name) did not arrive.")
            }
            if let failure = failure(of: client, report, journal) { return failure }
        }
        return success(evidence)
    }

    private static func failure(of client: ClientSpec, _ report: ClientReport, _ journal: [FabricRequest]) -> Judgment? {
        switch client.kind {
        case .connect:
            if let error = report.connectError {
                return Judgment(
                    cause: .notForwarded, summary: "Client \(client.name) could not connect (errno \(error)).", findings: [finding(report)])
            }
            guard report.peer == redirectedPeer else {
                return Judgment(
                    cause: .notRedirected, summary: "The connection of client \(client.name) was not redirected to the agent.",
                    findings: [finding(report)])
            }
            return nil
        case .http:
            let requests = journal.filter { $0.client == client.name }
            guard let request = requests.first else {
                return Judgment(
                    cause: .notForwarded, summary: "The request of client \(client.name) never reached the platform.", findings: [finding(report)])
            }
            let seen = Finding(
                source: "fabric.jsonl",
                quote: Quote.line("\(request.method) \(request.target) to \(request.endpoint.rawValue) claims \(request.claims ?? "none") answered \(request.status)"))
            if let round = requests.first(where: { !$0.cameThroughAgent }) {
                return Judgment(
                    cause: .notRedirected, summary: "The request of client \(client.name) reached the platform round the agent.",
                    findings: [seen, Finding(source: "fabric.jsonl", quote: Quote.line("\(round.method) \(round.target) without claims"))])
            }
            guard report.httpStatus == 200, report.hasProxyHeader else {
                return Judgment(
                    cause: .notForwarded, summary: "Client \(client.name) did not get the platform's answer through the agent.",
                    findings: [seen, finding(report)])
            }
            let isRoot = client.user == 0
            guard request.claims.map(claimsRoot) == .some(isRoot) else {
                return Judgment(
                    cause: .misattributed, summary: "The agent took client \(client.name) (user \(client.user)) for \(isRoot ? "an ordinary user" : "root").",
                    findings: [seen])
            }
            return nil
        }
    }

    private static func success(_ evidence: CellEvidence) -> Judgment {
        let status = evidence.items[.status].flatMap { AgentStatus(json: $0.bytes) }
        let count = evidence.clients.count
        // A run in which the agent lost track of connections must not pass for a whole one.
        // Its last words have the counters of everything that happened.
        let last = evidence.items[.finalStatus].flatMap { AgentStatus(json: $0.bytes) } ?? status
        let losses = ["auditEntriesLost", "connectionsWithoutEntry"].compactMap { name in
            last?.ebpfProgram.states?[name].flatMap { $0 == "0" ? nil : "\(name): \(Quote.line($0))" }
        }
        if !losses.isEmpty {
            return Judgment(
                verdict: .degraded, cause: .eventsLost,
                summary: "All \(count) clients were served through the agent, which lost track of others (\(losses.joined(separator: ", "))).",
                findings: losses.map { Finding(source: "status-final.json", quote: $0) })
        }
        let key = status.map { statusFinding("keyLatchStatus", $0.keyLatch) }
        return Judgment(
            verdict: .compatible, cause: nil,
            summary: "All \(count) clients were redirected, attributed and served through the agent, as the platform's journal shows.",
            findings: status.map { [statusFinding("ebpfProgramStatus", $0.ebpfProgram)] + (key.map { [$0] } ?? []) } ?? [])
    }

    /// Where redirected connections lead: the agent's listener.
    private static let redirectedPeer = "127.0.0.1:3080"

    private static func finding(_ report: ClientReport) -> Finding {
        let connected = report.connectError.map { "connect failed with errno \($0)" } ?? "connected to \(report.peer)"
        let answered = report.httpStatus.map { ", answered \($0)" } ?? ""
        let failure = report.failure.isEmpty ? "" : ", \(report.failure)"
        return Finding(source: "clients.json", quote: Quote.line("\(report.name): \(connected)\(answered)\(failure)"))
    }

    /// The claims header has the form `{ "isRoot": "true"}`.
    private static func claimsRoot(_ claims: String) -> Bool {
        claims.filter { $0 != " " }.contains("\"isRoot\":\"true\"")
    }
}
