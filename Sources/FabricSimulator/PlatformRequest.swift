import MatrixModel
import NIOHTTP1

/// A request to the platform, read whole.
struct PlatformRequest {
    let method: String
    let target: String
    let headers: HTTPHeaders
    let body: [UInt8]

    /// The path without the query, and the query's pairs with lower-case names.
    var path: String { String(target.prefix { $0 != "?" }) }

    var query: [String: String] {
        guard let mark = target.firstIndex(of: "?") else { return [:] }
        let pairs = target[target.index(after: mark)...].split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return (parts.first.map { $0.lowercased() } ?? "", parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The journal's line. Untrusted text is truncated, and a signature's value is never stored.
    func journalled(_ endpoint: FabricRequest.Endpoint, sequence: Int, seconds: Double, reply: Platform.Reply) -> FabricRequest {
        func bounded(_ text: String) -> String { String(decoding: text.utf8.prefix(FabricLimits.text), as: UTF8.self) }
        func header(_ name: String) -> String? { headers.first(name: name).map(bounded) }
        // Scheme, key id, signature. With fewer parts the last one may be the signature.
        let parts = headers.first(name: "x-ms-azure-host-authorization")?.split(separator: " ")
        let signedWith = parts.map { bounded($0.prefix(min(2, max(0, $0.count - 1))).joined(separator: " ")) }
        return FabricRequest(
            sequence: sequence, seconds: seconds, endpoint: endpoint, method: bounded(method), target: bounded(target),
            client: header("x-kmatrix-client"), claims: header("x-ms-azure-host-claims"), signedWith: signedWith,
            signature: reply.signature, status: Int(reply.answer?.status.code ?? 0), note: reply.note.map(bounded),
            report: reply.report.map { ProvisioningReport(state: bounded($0.state), description: $0.description.map(bounded), isRecorded: $0.isRecorded) })
    }
}

/// What the platform answers.
struct PlatformAnswer {
    let status: HTTPResponseStatus
    let contentType: String
    let body: String
    /// The journal's note about the request.
    let note: String?

    init(_ status: HTTPResponseStatus, contentType: String = "text/plain", body: String = "", note: String? = nil) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.note = note
    }
}

/// One of the platform's services.
protocol PlatformEndpoint {
    func answer(_ request: PlatformRequest) -> PlatformAnswer
}
