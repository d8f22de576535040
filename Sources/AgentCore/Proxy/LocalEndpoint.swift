public import NIOHTTP1

/// A path that the agent answers itself, for any destination.
public protocol LocalEndpoint: Sendable {
    /// - Parameter caller: Nil for a client that connected to the proxy directly.
    func answer(_ request: HTTPRequestHead, caller: CallerClaims?) -> LocalAnswer
}

/// The answer of a local endpoint.
public struct LocalAnswer: Hashable, Sendable {
    public let status: HTTPResponseStatus
    /// JSON; empty for none.
    public let body: String

    public init(_ status: HTTPResponseStatus, body: String = "") {
        self.status = status
        self.body = body
    }
}
