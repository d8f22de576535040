public import Digests

/// A digest that somebody stated for a file.
public struct Checksum: Hashable, Sendable, Codable {
    public let algorithm: DigestAlgorithm
    /// In small letters.
    public let hexadecimal: String

    /// - Returns: Nil for what is not a digest of that algorithm.
    public init?(_ algorithm: DigestAlgorithm, _ text: some StringProtocol) {
        guard text.utf8.count == 2 * algorithm.byteCount, text.utf8.allSatisfy({ $0 < 0x80 }), text.allSatisfy(\.isHexDigit) else { return nil }
        self.algorithm = algorithm
        hexadecimal = text.lowercased()
    }

    /// The length identifies the algorithm.
    public init?(_ text: some StringProtocol) {
        guard let algorithm = DigestAlgorithm.allCases.first(where: { 2 * $0.byteCount == text.utf8.count }) else { return nil }
        self.init(algorithm, text)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let checksum = Checksum(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a digest"))
        }
        self = checksum
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}
