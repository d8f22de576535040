/// The hash functions of the SHA-2 family that package indexes and image lists use (FIPS 180-4).
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
    case sha256, sha384, sha512

    /// The length of a digest.
    public var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}
