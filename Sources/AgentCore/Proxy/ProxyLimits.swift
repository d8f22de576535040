public import NIOCore

/// The limits for the proxy's clients.
public struct ProxyLimits: Sendable {
    /// Connections at once; further ones are closed.
    public var connections = 512
    /// How many of these are reserved for root, so that other users cannot block the guest's own agents.
    public var connectionsForRoot = 128
    /// From the connection, or from the end of the last answer, to the end of a request's head.
    public var headTime = TimeAmount.seconds(60)
    /// The time without progress in a request.
    public var stallTime = TimeAmount.seconds(120)
    /// The time for a request and its answer, even with progress.
    public var requestTime = TimeAmount.minutes(15)
    public var connectTime = TimeAmount.seconds(10)
    /// The number of fields in a request's head.
    public var headerFields = 100
    /// The number of fields in an answer's head.
    static let answerFields = 256
    /// A head's target, names and values together, in bytes.
    public var headerBytes = 64 << 10
    /// A head's target alone, in bytes.
    public var targetBytes = 32 << 10

    /// The size of a request's body, in bytes.
    public var bodyBytes = 100 << 10
    /// The size of the body of one of the two streamed calls, in bytes.
    public var exemptBodyBytes = 100 << 20

    public init() {}
}
