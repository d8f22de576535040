import MatrixModel

/// The origin of some vendors' keys.
public struct KeyOrigin: Hashable, Sendable, CustomStringConvertible {
    /// For people.
    public let vendors: [String]
    /// A package of Debian's with its version and suite, or an address.
    public let origin: String

    public var description: String {
        "\(vendors.joined(separator: ", ")) from \(origin.contains("://") ? origin : "Debian's package \(origin)")"
    }

    /// The origins of keys that were missing and have been fetched into the cache.
    /// - Parameter missing: By vendor.
    static func fetched(_ missing: [(vendor: String, key: SigningKey)], _ store: KeyStore) -> [KeyOrigin] {
        var origins: [(origin: String, vendors: [String])] = []
        for (vendor, key) in missing {
            guard let origin = store.origin(ofCached: key) else { continue }
            if let known = origins.firstIndex(where: { $0.origin == origin }) {
                if !origins[known].vendors.contains(vendor) { origins[known].vendors.append(vendor) }
            } else {
                origins.append((origin, [vendor]))
            }
        }
        return origins.map { KeyOrigin(vendors: $0.vendors, origin: $0.origin) }
    }
}
