import StrictYAML

/// A disk image that a distribution's makers publish, and what proves that it is theirs.
public struct DistributionImage: Hashable, Sendable {
    /// Of the qcow2 file.
    public let address: String
    /// Of the list of checksums.
    public let checksums: String
    /// Of the list's signature; nil where the list is signed text.
    public let signature: String?
    /// An address or a path of the public key. What it is worth the fingerprint says.
    public let key: String
    /// Of the primary key, in hexadecimal.
    public let fingerprint: String
}

extension DistributionImage {
    init(_ node: YAMLNode) throws {
        try node.allow("address", "checksums", "signature", "key", "fingerprint")
        func web(_ key: String) throws -> String {
            let text = try node.required(key)
            guard text.hasPrefix("https://") || text.hasPrefix("http://") else { throw node.error("'\(key)' must be an address of the web") }
            return text
        }
        address = try web("address")
        checksums = try web("checksums")
        signature = try node.required("signature") == "clear" ? nil : web("signature")
        key = try node.required("key")
        fingerprint = try node.required("fingerprint").filter { $0 != " " }
        guard fingerprint.utf8.count == 40, fingerprint.allSatisfy(\.isHexDigit) else { throw node.error("'fingerprint' must be the 40 hexadecimal digits of a key") }
    }
}
