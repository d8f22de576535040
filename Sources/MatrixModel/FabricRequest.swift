/// One request as the simulated platform saw it: a line of its journal.
public struct FabricRequest: Hashable, Sendable, Codable {
    public enum Endpoint: String, CaseIterable, Hashable, Sendable, Codable {
        case wireServer = "wireserver"
        case hostGAPlugin = "hostga"
        case imds
    }

    public let sequence: Int
    /// Seconds since the fabric started.
    public let seconds: Double
    public let endpoint: Endpoint
    public let method: String
    public let target: String
    /// The client's own name for itself (`x-kmatrix-client`); nil when it gave none.
    public let client: String?
    /// The value of `x-ms-azure-host-claims`, which only the agent adds; nil when the request came round the agent.
    public let claims: String?
    /// The value's scheme and key id of `x-ms-azure-host-authorization`, never the signature; nil when unsigned.
    public let signedWith: String?
    /// What the platform found when it checked the request's signature.
    public let signature: Signature
    /// The status code of the answer.
    public let status: Int
    /// Why the platform answered so, or what it took from the request, in words: evidence; nil when there is nothing to say.
    public let note: String?
    /// What the guest's provisioning reported with it; nil for every other request.
    public let report: ProvisioningReport?

    /// What checking a request's signature came to.
    public enum Signature: String, CaseIterable, Hashable, Sendable, Codable {
        /// The request carries none.
        case absent
        /// It is right for the whole request, with the key that is latched or being attested.
        case verified
        /// It is malformed, made with another key, or does not fit the request.
        case wrong
    }

    public init(
        sequence: Int, seconds: Double, endpoint: Endpoint, method: String, target: String, client: String?, claims: String?,
        signedWith: String?, signature: Signature = .absent, status: Int, note: String? = nil, report: ProvisioningReport? = nil
    ) {
        self.sequence = sequence
        self.seconds = seconds
        self.endpoint = endpoint
        self.method = method
        self.target = target
        self.client = client
        self.claims = claims
        self.signedWith = signedWith
        self.signature = signature
        self.status = status
        self.note = note
        self.report = report
    }

    public var cameThroughAgent: Bool { claims != nil }
}
