/// A part of Debian's archive that offers kernels.
public struct DebianSuite: Hashable, Sendable {
    public enum Archive: String, Hashable, Sendable {
        case main = "debian"
        case security = "debian-security"
    }

    /// The suite's name in `dists/`, as `bookworm-backports`.
    public let name: String
    public let archive: Archive

    public init(name: String, archive: Archive) {
        self.name = name
        self.archive = archive
    }

    /// The releases from 11 to unstable (wiki.debian.org/DebianReleases).
    static let codenames = ["bullseye", "bookworm", "trixie", "forky"]

    /// Debian's suites that may offer kernels. One that is not in the archive any more, or not yet, gives a 404.
    public static let all: [DebianSuite] =
        codenames.flatMap { codename in
            [
                DebianSuite(name: codename, archive: .main), DebianSuite(name: "\(codename)-updates", archive: .main),
                DebianSuite(name: "\(codename)-security", archive: .security), DebianSuite(name: "\(codename)-backports", archive: .main),
            ]
        } + [DebianSuite(name: "sid", archive: .main)]

    /// Whether apt sources use this name for one of Debian's suites.
    static func isDebian(suite: String) -> Bool {
        let base = suite.prefix { $0 != "-" && $0 != "/" }
        let pocket = suite.dropFirst(base.count)
        // Other vendors append their own name: bookworm-pgdg.
        let pockets = ["", "-updates", "-security", "/updates", "-backports", "-backports-sloppy", "-proposed-updates"]
        guard pockets.contains(String(pocket)) else { return false }
        return codenames.contains(String(base)) || ["sid", "stable", "oldstable", "oldoldstable", "testing", "unstable"].contains(String(base))
    }

    static func isSecurity(suite: String) -> Bool { suite.hasSuffix("-security") || suite.hasSuffix("/updates") }
}
