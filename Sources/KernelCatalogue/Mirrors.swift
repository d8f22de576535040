import SystemPackage

/// The addresses of Debian's archives, from the first source that states them.
struct Mirrors: Hashable {
    let main: String
    let security: String

    /// In this order: the settings (the command line), `KMATRIX_DEBIAN_MIRROR`, the configuration file, apt's sources.
    /// - Throws: `CatalogueError` with `noMirror`, or `badConfiguration`.
    init(_ settings: CatalogueSettings) throws {
        let file = try ConfigurationFile(settings)
        let apt = AptSources(folder: settings.aptFolder)
        let candidates: [(main: String?, security: String?)] = [
            (settings.mirrors["debian"], settings.mirrors["debian-security"]), (settings.environment["KMATRIX_DEBIAN_MIRROR"], nil),
            (file.mirrors["debian"], file.mirrors["debian-security"]), (apt.address(of: .main), apt.address(of: .security)),
        ]
        guard let chosen = candidates.first(where: { $0.main?.isEmpty == false }), let main = chosen.main else {
            throw CatalogueError(.noMirror, subject: file.path.string)
        }
        self.main = try Self.checked(main)
        // Mirrors carry the security archive next to the main one, under the same name with a suffix.
        security = try Self.checked(settings.mirrors["debian-security"] ?? chosen.security ?? self.main + "-security")
    }

    func address(of archive: DebianSuite.Archive) -> String { archive == .main ? main : security }

    /// The addresses of another vendor's repository, best first. A configured mirror replaces the vendor's own addresses.
    static func addresses(of vendor: DistributionRepository.Vendor, _ settings: CatalogueSettings) throws -> [String] {
        let named = try settings.mirrors[vendor.name] ?? ConfigurationFile(settings).mirrors[vendor.name]
        return try (named.map { [$0] } ?? vendor.addresses).map(checked)
    }

    /// Whether a mirror is configured for a vendor.
    static func isNamed(_ vendor: DistributionRepository.Vendor, _ settings: CatalogueSettings) throws -> Bool {
        try (settings.mirrors[vendor.name] ?? ConfigurationFile(settings).mirrors[vendor.name]) != nil
    }

    /// - Returns: The address without slashes at its end.
    private static func checked(_ address: String) throws -> String {
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else { throw CatalogueError(.badAddress, subject: address) }
        return String(address.reversed().drop { $0 == "/" }.reversed())
    }
}
