import JSON
public import NIOHTTP1

/// `GET /provision`: whether the agent is ready, for any local caller that sends a `Metadata` header.
public struct ProvisionEndpoint: LocalEndpoint {
    static let path = "/provision"
    static let tickHeader = "x-ms-azure-time-tick"
    static let notifyHeader = "x-ms-azure-notify"

    let provisioning: Provisioning

    public init(_ provisioning: Provisioning) { self.provisioning = provisioning }

    public func answer(_ request: HTTPRequestHead, caller: CallerClaims?) -> LocalAnswer {
        guard request.headers.contains(name: "metadata") else { return LocalAnswer(.badRequest) }
        let since = request.headers.first(name: Self.tickHeader).flatMap { Int($0) } ?? 0
        let answer = provisioning.answer(since: since, notify: request.headers.contains(name: Self.notifyHeader))
        let document = JSONValue.object([
            .init("finished", .bool(answer.isFinished)), .init("errorMessage", .string(answer.errorMessage)),
        ])
        return LocalAnswer(.ok, body: document.text(pretty: false))
    }
}
