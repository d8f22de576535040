public import JSON

internal import Digests

/// A key, as the platform sends it and as it is stored.
public struct KeyDocument: Sendable {
    public let key: LatchedKey
    /// The unchanged document, for storing it.
    let json: JSONValue

    /// Why a document is not a key. Never quotes the key.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    public init(_ document: JSONValue) throws(Malformed) {
        guard case .string(let scheme)? = document["authorizationScheme"], scheme == RequestSigner.scheme else {
            throw Malformed(description: "authorizationScheme is not \(RequestSigner.scheme)")
        }
        guard case .string(let guid)? = document["guid"], KeyStore.isGUID(guid) else { throw Malformed(description: "guid is missing or none") }
        guard case .string(let digits)? = document["key"], let bytes = Hexadecimal.bytes(digits), bytes.count == 32 else {
            throw Malformed(description: "key is not 64 hexadecimal digits")
        }
        var incarnation: UInt32?
        if case .integer(let number)? = document["incarnationId"] { incarnation = UInt32(exactly: number) }
        key = LatchedKey(guid: guid, incarnation: incarnation, secret: SecretKey(bytes))
        json = document
    }
}
