/// What a client in the guest experienced.
public struct ClientReport: Hashable, Sendable {
    public let name: String
    /// The errno of `connect`; nil when it succeeded.
    public let connectError: Int32?
    /// The peer `getpeername` showed after connecting, as `127.0.0.1:3080`; empty without a connection.
    public let peer: String
    /// The HTTP status code; nil without an answer.
    public let httpStatus: Int32?
    /// Whether the answer carried `x-ms-azure-host-authorization`, which the agent adds to what it forwards.
    public let hasProxyHeader: Bool
    /// From the start of `connect` to the end, in microseconds.
    public let microseconds: UInt64
    /// What went wrong after connecting, in words; empty when nothing did.
    public let failure: String

    public init(
        name: String, connectError: Int32?, peer: String, httpStatus: Int32?, hasProxyHeader: Bool, microseconds: UInt64, failure: String
    ) {
        self.name = name
        self.connectError = connectError
        self.peer = peer
        self.httpStatus = httpStatus
        self.hasProxyHeader = hasProxyHeader
        self.microseconds = microseconds
        self.failure = failure
    }
}
