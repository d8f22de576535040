public import NIOCore

/// What the proxy takes of its clients.
public struct ProxyLimits: Sendable {
    /// Connections at once; further ones are closed.
    public var connections = 512
    /// Of these, how many only root gets: other users cannot keep the guest's own agents from the platform.
    public var connectionsForRoot = 128
    /// From the connection, or the last answer's end, until a request's head is whole.
    public var headTime = TimeAmount.seconds(60)
    /// Without any progress within a request.
    public var stallTime = TimeAmount.seconds(120)
    /// For a request and its answer together, whatever progress they make.
    public var requestTime = TimeAmount.minutes(15)
    public var connectTime = TimeAmount.seconds(10)
    /// Fields of a request's head.
    public var headerFields = 100
    /// Fields of an answer's head.
    static let answerFields = 256
    /// A head's target, names and values together, in bytes.
    public var headerBytes = 64 << 10
    /// A head's target alone, in bytes.
    public var targetBytes = 32 << 10

    /// Of a request's body, in bytes.
    public var bodyBytes = 100 << 10
    /// Of the bodies of the two calls that stream, in bytes.
    public var exemptBodyBytes = 100 << 20

    public init() {}
}
