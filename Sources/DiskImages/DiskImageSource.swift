public import SystemPackage

/// Where a disk image comes from.
public enum DiskImageSource: Hashable, Sendable {
    case file(FilePath)
    case published(PublishedImage)

    /// The name for messages.
    public var name: String {
        switch self {
        case .file(let path): path.string
        case .published(let image): image.address
        }
    }
}

/// Finds the public keys that may sign an image's checksums. In a keyring that the user named, every key is trusted.
public typealias ImageKeys = @Sendable (PublishedImage) async throws -> [UInt8]

/// A published image, and how its origin is verified.
public struct PublishedImage: Hashable, Sendable {
    public enum Signature: Hashable, Sendable {
        /// A detached signature of the list of checksums, at this address.
        case detached(String)
        /// The list of checksums is signed text.
        case clear
    }

    public let address: String
    /// The address of the list of checksums.
    public let checksums: String
    public let signature: Signature
    /// The public key that signs: an address or a path. It is trusted only by its fingerprint.
    public let key: String
    /// The fingerprints of the primary keys, in hexadecimal; one of them must have signed.
    public let fingerprints: [String]
    /// The vendor of the image, as in the keyring settings; nil if unknown.
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
