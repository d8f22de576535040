public import Digests

/// A key that the platform issued to this agent only.
public struct LatchedKey: Sendable {
    public let guid: String
    public let incarnation: UInt32?
    public let secret: SecretKey

    public init(guid: String, incarnation: UInt32?, secret: SecretKey) {
        self.guid = guid
        self.incarnation = incarnation
        self.secret = secret
    }
}
