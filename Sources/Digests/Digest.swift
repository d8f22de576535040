/// A digest of some bytes: `Digest(of: bytes).hexadecimal`.
///
/// For a file, or anything else that arrives in pieces, see `RunningDigest`.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(of content: some Sequence<UInt8>, _ algorithm: DigestAlgorithm = .sha256) {
        var running = RunningDigest(algorithm)
        running.update(content)
        self = running.digest
    }

    /// The digest of a text's UTF-8.
    public init(of text: String, _ algorithm: DigestAlgorithm = .sha256) { self.init(of: text.utf8, algorithm) }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Two lower-case digits a byte, as sha256sum(1) prints.
    public var hexadecimal: String { Hexadecimal.text(bytes) }

    public var description: String { hexadecimal }
}
