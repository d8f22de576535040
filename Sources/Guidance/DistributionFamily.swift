/// Distributions that are administered with the same commands. What a remedy has to be typed as depends on it, and on nothing finer.
public enum DistributionFamily: String, CaseIterable, Hashable, Sendable, Codable {
    case debian, ubuntu
    /// RHEL and what is rebuilt from it: Rocky, Alma, Oracle, CentOS, Fedora.
    case rhel = "rhel-like"
    case sles
    /// Azure Linux, and Mariner before it.
    case azureLinux = "azure-linux"
    case amazon
    /// A distribution that is not known: only commands that all have.
    case other
    /// kmatrix's own guest: a kernel and a minimal initramfs. Its remedies are those of an unknown distribution.
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
        ("opensuse", .sles), ("opensuse-leap", .sles), ("sle-micro", .sles), ("sl-micro", .sles), ("azurelinux", .azureLinux), ("azure-linux", .azureLinux),
        ("mariner", .azureLinux),
        ("amzn", .amazon), ("amazon", .amazon), ("amazonlinux", .amazon), ("amazon-linux", .amazon),
    ]

    /// Recognised by the suffixes of kernel and package versions: `…el8_7.x86_64`, `…amzn2.x86_64`, `…-generic`, `…~22.04.1`.
    /// - Parameter version: A kernel's release or a package's version; nil for one that no distribution marks.
    public init?(version: String) {
        let text = version.lowercased()
        func ends(_ needles: String...) -> Bool { needles.contains { text.contains($0) } }
        if ends(".amzn", "-amzn") {
            self = .amazon
        } else if ends(".cm1", ".cm2", ".azl3", "-azl3", ".azl") {
            self = .azureLinux
        } else if ends("ubuntu") || text.hasSuffix("-generic") || text.hasSuffix("-lowlatency") || text.hasSuffix("-azure-fde") || Self.isUbuntuFlavour(text) {
            self = .ubuntu
        } else if Self.isNumbered(".el", in: text) || Self.isNumbered(".fc", in: text) || ends("uek") {
            self = .rhel
        } else if ends("-cloud-amd64", "-cloud-arm64", "+deb", "~bpo", "~deb") || text.hasSuffix("-amd64") || text.hasSuffix("-arm64") {
            self = .debian
        } else if text.hasSuffix("-default") || ends("-sle", ".sle15", "-lp15") {
            self = .sles
        } else {
            return nil
        }
    }

    /// `6.8.0-1052-azure`: three numbers, a dash, the number of the build, a dash and the flavour. SUSE's azure flavour has dots in the number.
    private static func isUbuntuFlavour(_ text: String) -> Bool {
        let parts = text.split(separator: "-")
        return parts.count == 3 && parts[0].split(separator: ".").count == 3 && parts[1].allSatisfy(\.isNumber)
            && ["azure", "aws", "gcp", "kvm", "oracle", "raspi", "ibm", "gke"].contains(parts[2])
    }

    private static func isNumbered(_ ending: String, in text: String) -> Bool {
        text.ranges(of: ending).contains { text[$0.upperBound...].first?.isNumber == true }
    }
}
