import GuestProtocol
import MatrixModel

/// A client with all that is known of what became of its request.
struct ClientStory {
    let client: ClientSpec
    let report: ClientReport
    /// What the platform saw under the client's name, in order.
    let requests: [FabricRequest]

    init(_ client: ClientSpec, _ report: ClientReport, _ journal: [FabricRequest]) {
        self.client = client
        self.report = report
        requests = journal.filter { $0.client == client.name }
    }

    var isRoot: Bool { client.user == 0 }

    /// A client's word alone proves nothing: what reached the platform counts, and the answer has to be the client's as well.
    var outcome: ClientOutcome {
        guard let request = requests.last, let status = report.httpStatus, Int(status) == request.status else {
            let isRefusal = report.httpStatus == 403 || report.httpStatus == 421
            return requests.isEmpty && isRefusal ? .denied : .failed
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
