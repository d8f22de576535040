import GuestProtocol
import Judgement
import MatrixModel

/// A client with all that is known of what became of its request.
struct ClientTrace: Sendable {
    let client: ClientSpec
    let report: ClientReport
    /// What the platform saw under the client's name, in order.
    let requests: [FabricRequest]

    init(_ client: ClientSpec, _ report: ClientReport, _ requests: [FabricRequest]) {
        self.client = client
        self.report = report
        self.requests = requests
    }

    var isRoot: Bool { client.identity.isRoot }

    /// Not applicable, with the client's reason, where this guest cannot have such a client.
    var impossible: ProofOutcome? { report.failure.hasPrefix(ClientReport.notPossible) ? .notApplicable(Quote.line(report.failure)) : nil }

    /// Whether the agent itself answered, and the platform saw nothing.
    var wasRefusedByAgent: Bool { requests.isEmpty && (report.httpStatus == 403 || report.httpStatus == 421) }
    /// The agent does not know whose connection it is.
    var wasUnknown: Bool { requests.isEmpty && report.httpStatus == 421 }

    /// Whether the connection went to the agent; nil when nothing shows where it went.
    var isRedirected: Bool? {
        if let request = requests.last { return request.cameThroughAgent }
        if wasRefusedByAgent || ["127.0.0.1:3080", "[::ffff:127.0.0.1]:3080"].contains(report.peer) { return true }
        return report.connectError == nil && !report.peer.isEmpty ? false : nil
    }

    /// A client's word alone proves nothing: what reached the platform counts, and the answer has to be the client's too.
    var outcome: ClientOutcome {
        guard let request = requests.last, let status = report.httpStatus, Int(status) == request.status else {
            return wasRefusedByAgent ? .denied : .failed
        }
        guard (200..<300).contains(request.status) else { return request.status == 401 || request.status == 403 ? .refused : .failed }
        guard requests.allSatisfy(\.cameThroughAgent) else { return .direct }
        guard report.hasProxyHeader else { return .failed }
        return request.signature == .verified ? .signed : .unsigned
    }

    /// Nil when no request reached the platform through the agent.
    var claimsAreRight: Bool? {
        requests.last?.claims.map { $0.filter { $0 != " " }.contains("\"isRoot\":\"true\"") == isRoot }
    }

    var findings: [Finding] {
        let connected = report.connectError.map { "connect failed with errno \($0)" } ?? "connected to \(report.peer)"
        let answered = report.httpStatus.map { ", answered \($0)" } ?? ""
        let failure = report.failure.isEmpty ? "" : ", \(report.failure)"
        let said = Finding(source: "clients.json", quote: Quote.line("\(report.name): \(connected)\(answered)\(failure)"))
        guard let request = requests.last else { return [said] }
        let note = request.note.map { " (\($0))" } ?? ""
        return [
            Finding(
                source: "fabric.jsonl",
                quote: Quote.line(
                    "\(request.method) \(request.target) to \(request.endpoint.rawValue) claims \(request.claims ?? "none") signature "
                        + "\(request.signature.rawValue) answered \(request.status)\(note)")), said,
        ]
    }
}
