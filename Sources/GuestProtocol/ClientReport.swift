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
    /// The start of the answer's body, at most `maximumBody` bytes.
    public let body: [UInt8]
    /// CRC-32 (IEEE 802.3) of the body as far as it was read.
    public let bodyChecksum: UInt32
    /// From the start of `connect` to the end, in microseconds.
    public let microseconds: UInt64
    /// What went wrong after connecting, in words; empty when nothing did.
    public let failure: String

    /// How the failure of a client begins that the guest's kernel cannot have at all.
    public static let notPossible = "not possible here: "
    /// In bytes.
    public static let maximumBody = 256

    public init(
        name: String, connectError: Int32? = nil, peer: String = "", httpStatus: Int32? = nil, hasProxyHeader: Bool = false,
        body: [UInt8] = [], bodyChecksum: UInt32 = 0, microseconds: UInt64 = 0, failure: String = ""
    ) {
        self.name = name
        self.connectError = connectError
        self.peer = peer
        self.httpStatus = httpStatus
        self.hasProxyHeader = hasProxyHeader
        self.body = body
        self.bodyChecksum = bodyChecksum
        self.microseconds = microseconds
        self.failure = failure
    }
}
