public import Crypto

/// A key that the platform gave to this agent alone. `SymmetricKey` wipes its memory when the last holder lets go.
public struct LatchedKey: Sendable {
    public let guid: String
    public let incarnation: UInt32?
    public let secret: SymmetricKey

    public init(guid: String, incarnation: UInt32?, secret: SymmetricKey) {
        self.guid = guid
        self.incarnation = incarnation
        self.secret = secret
    }
}
