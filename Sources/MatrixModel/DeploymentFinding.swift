/// What became of one deployment, next to what the troubleshooting article says of its row.
public struct DeploymentFinding: Hashable, Sendable, Codable {
    /// The row of the article's table, from 1 to 4; nil where it does not speak of such a deployment.
    public let row: Int?
    /// cloud-init's version as it names itself; nil when it left no log.
    public let cloudInit: String?
    /// What the article says of the row, in short; nil without a row.
    public let documented: String?
    /// `ready`, `ready, not recorded`, `not ready: …`, or `nothing`.
    public let platformSaw: String
    /// Nil without a row.
    public let matches: Bool?

    public init(row: Int?, cloudInit: String?, documented: String?, platformSaw: String, matches: Bool?) {
        self.row = row
        self.cloudInit = cloudInit
        self.documented = documented
        self.platformSaw = platformSaw
        self.matches = matches
    }
}
