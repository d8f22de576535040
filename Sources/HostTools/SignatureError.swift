/// Why a signature does not count.
public struct SignatureError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case unsigned
        /// It is by keys that the keyring lacks, or that are not the ones that count.
        case stranger(keys: [String])
        /// The content was changed after it was signed.
        case forged
        case keyExpired(owner: String, day: String)
        case keyRevoked(owner: String)
        case signatureExpired
        case weakDigest(String)
        case weakKey(String)
        /// There is no key in the keyring.
        case noKeys
        case unreadable(String)
    }

    public let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    public var description: String {
        switch reason {
        case .unsigned: "it is not signed"
        case .stranger(let keys): "it is signed by \(keys.isEmpty ? "another key" : keys.joined(separator: " and ")), which is not a key that counts for it"
        case .forged: "its content was changed after it was signed"
        case .keyExpired(let owner, let day):
            "the key of \(owner) expired on \(day); fetch a newer copy with 'kmatrix keys fetch --renew', or name one with --keyring"
        case .keyRevoked(let owner): "the key of \(owner) was revoked by its owner"
        case .signatureExpired: "the signature has expired"
        case .weakDigest(let name): "the signature uses the digest \(name), which can be forged"
        case .weakKey(let name): "the signature is by a key of \(name), which can be forged"
        case .noKeys: "the keyring holds no public key"
        case .unreadable(let detail): "the signature cannot be read: \(detail)"
        }
    }
}
