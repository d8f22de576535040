public import SystemPackage

/// Where a disk image comes from.
public enum DiskImageSource: Hashable, Sendable {
    case file(FilePath)
    case published(PublishedImage)

    /// What people call it.
    public var name: String {
        switch self {
        case .file(let path): path.string
        case .published(let image): image.address
        }
    }
}

/// Finds the public keys one of which must have signed an image's checksums. They may be those of a keyring that a person named, of which
/// each counts.
public typealias ImageKeys = @Sendable (PublishedImage) async throws -> [UInt8]

/// An image on the web, and what proves that it is its maker's.
public struct PublishedImage: Hashable, Sendable {
    public enum Signature: Hashable, Sendable {
        /// Beside the list of checksums, under this address.
        case detached(String)
        /// The list of checksums is signed text.
        case clear
    }

    public let address: String
    /// The address of the list of checksums.
    public let checksums: String
    public let signature: Signature
    /// The public key that signs: an address or a path. What it is worth the fingerprints say.
    public let key: String
    /// Of the primary keys, in hexadecimal; one of them must have signed.
    public let fingerprints: [String]
    /// Whose image it is, as in the keyring's name; nil where no vendor is known.
    public let vendor: String?

    public init(address: String, checksums: String, signature: Signature, key: String, fingerprints: [String], vendor: String? = nil) {
        self.address = address
        self.checksums = checksums
        self.signature = signature
        self.key = key
        self.fingerprints = fingerprints
        self.vendor = vendor
    }
}
