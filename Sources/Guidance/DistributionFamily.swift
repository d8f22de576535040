/// Distributions that are administered with the same commands. What a remedy has to be typed as depends on it, and on nothing finer.
public enum DistributionFamily: String, CaseIterable, Hashable, Sendable, Codable {
    case debian, ubuntu
    /// RHEL and what is rebuilt from it: Rocky, Alma, Oracle, CentOS, Fedora.
    case rhel = "rhel-like"
    case sles
    /// Azure Linux, and Mariner before it.
    case azureLinux = "azure-linux"
    case amazon
    /// kmatrix's own guest: a kernel and an init of ours, on which nothing is administered.
    case micro

    /// - Parameter guest: A cell's guest, `micro` or a distribution such as `debian-12`; nil for one of no known family.
    public init?(guest: String) {
        guard let found = Self.prefixes.first(where: { guest == $0.0 || guest.hasPrefix($0.0 + "-") }) else { return nil }
        self = found.1
    }

    /// - Parameters:
    ///   - id: `ID` of os-release(5).
    ///   - like: Its `ID_LIKE`, the closest relative first.
    public init?(id: String, like: [String] = []) {
        for name in [id] + like {
            guard let found = Self.prefixes.first(where: { name == $0.0 }) else { continue }
            self = found.1
            return
        }
        return nil
    }

    private static let prefixes: [(String, DistributionFamily)] = [
        ("micro", .micro), ("debian", .debian), ("ubuntu", .ubuntu), ("rhel", .rhel), ("rocky", .rhel), ("almalinux", .rhel), ("alma", .rhel),
        ("centos", .rhel), ("fedora", .rhel), ("ol", .rhel), ("oracle", .rhel), ("sles", .sles), ("sle", .sles), ("sles_sap", .sles), ("suse", .sles),
        ("opensuse", .sles), ("opensuse-leap", .sles), ("azurelinux", .azureLinux), ("azure-linux", .azureLinux), ("mariner", .azureLinux),
        ("amzn", .amazon), ("amazon", .amazon), ("amazonlinux", .amazon), ("amazon-linux", .amazon),
    ]
}
