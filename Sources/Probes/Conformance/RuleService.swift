/// A service of the platform whose local rules are tested, and the requests that its scenarios send.
struct RuleService: Sendable {
    /// The beginning of its scenarios' ids.
    let prefix: String
    let address: [UInt8]
    /// The file of its local rules.
    let file: String
    /// The path and the query that most scenarios allow, as they are written in rules.
    let rule: (path: String, query: String)
    /// The request that this rule allows.
    let allowed: RuleScenario.Request
    /// Another request, which no rule allows.
    let other: RuleScenario.Request

    var both: [RuleScenario.Request] { [allowed, other] }

    static let imds = RuleService(
        prefix: "IMDS", address: Guest.imds, file: "\(Guest.rules)/IMDS_Rules.json", rule: ("/metadata/instance", ""),
        allowed: .init("instance", Guest.instance), other: .init("versions", Guest.versions))
    static let wireServer = RuleService(
        prefix: "WS", address: Guest.wireServer, file: "\(Guest.rules)/WireServer_Rules.json", rule: ("/machine/", #""comp":"goalstate""#),
        allowed: .init("goalstate", "/machine/?comp=goalstate"), other: .init("versions", "/?comp=versions"))

    /// A file with one privilege, for the identities named.
    /// - Parameters:
    ///   - identity: The members of an identity.
    ///   - query: The query that the privilege demands; nil for the service's own.
    ///   - prefix: What all names begin with.
    func document(for identity: String = #""userName":"root","groupName":"root""#, query: String? = nil, prefix: String = "") -> String {
        let query = query ?? rule.query
        let parameters = query.isEmpty ? "" : ",\"queryParameters\":{\(query)}"
        return """
            {"defaultAccess":"deny","mode":"enforce","id":"t","rules":{"privileges":[{"name":"\(prefix)p","path":"\(rule.path)"\(parameters)}],
            "roles":[{"name":"\(prefix)r","privileges":["\(prefix)p"]}],"identities":[{"name":"\(prefix)i",\(identity)}],
            "roleAssignments":[{"role":"\(prefix)r","identities":["\(prefix)i"]}]}}
            """
    }
}
