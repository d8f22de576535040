/// What a guest's provisioning reported to the platform (`POST /machine?comp=health`).
public struct ProvisioningReport: Hashable, Sendable, Codable {
    /// `Ready`, or `NotReady`.
    public let state: String
    /// Why it is not ready, in its own words; nil when it gave none.
    public let description: String?
    /// Whether the platform takes it for a success: a platform that enforces wants it from a guest whose agent has the key.
    public let isRecorded: Bool

    public init(state: String, description: String?, isRecorded: Bool) {
        self.state = state
        self.description = description
        self.isRecorded = isRecorded
    }

    public var isReady: Bool { state == "Ready" }
}
