public import NIOHTTP1

/// `GET /gpa-aggregated-status`: the document of `status.json`, for root over a redirected connection.
public struct AggregatedStatusEndpoint: LocalEndpoint {
    static let path = "/gpa-aggregated-status"

    let status: StatusWriter

    public init(_ status: StatusWriter) { self.status = status }

    public func answer(_ request: HTTPRequestHead, caller: CallerClaims?) -> LocalAnswer {
        guard request.headers.contains(name: "metadata") else { return LocalAnswer(.badRequest) }
        guard caller?.isRoot == true else { return LocalAnswer(.forbidden) }
        return LocalAnswer(.ok, body: status.document)
    }
}
