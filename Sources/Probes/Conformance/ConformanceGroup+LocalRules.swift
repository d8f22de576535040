import GuestProtocol

extension ConformanceGroup {
    /// Local rule files: upstream's phase 4b.
    static let localRules = ConformanceGroup(
        name: "local-rules", scenario: "local-rules",
        steps: [.startAgent, Guest.run("snapshot", ["sh", "-c", "cat \(Guest.logs)/AuthorizationRules_*"])] + scenarios.flatMap(\.steps)
            + [
                .list(path: Guest.rules), .remove(path: "\(Guest.rules)/IMDS_Rules.json"), .remove(path: "\(Guest.rules)/WireServer_Rules.json"),
                .stopAgent(signal: 15), .status(.status),
            ],
        checks: [precondition] + scenarios.map(\.check) + [ownership])

    private static let precondition = ConformanceCheck("PRE", "the platform enables local rule files, and enforces") { evidence in
        guard let snapshot = evidence.output("snapshot"), snapshot.contains("useLocalFileRules-true") else {
            return .fail("the rules snapshot does not contain useLocalFileRules-true")
        }
        return snapshot.contains("\"Enforce\"") ? .pass("useLocalFileRules-true, Enforce") : .fail("the active mode is not Enforce")
    }

    private static let ownership = ConformanceCheck("F4", "rule files are owned by root and not writable by others") { evidence in
        permissions(evidence, Guest.rules, forbidden: 0o022)
    }

    /// The privilege that most scenarios give: one path to the identities named.
    static func document(_ path: String, identity: String, query: String = "", prefix: String = "") -> String {
        let parameters = query.isEmpty ? "" : ",\"queryParameters\":{\(query)}"
        return """
            {"defaultAccess":"deny","mode":"enforce","id":"t","rules":{"privileges":[{"name":"\(prefix)p","path":"\(path)"\(parameters)}],
            "roles":[{"name":"\(prefix)r","privileges":["\(prefix)p"]}],"identities":[{"name":"\(prefix)i",\(identity)}],
            "roleAssignments":[{"role":"\(prefix)r","identities":["\(prefix)i"]}]}}
            """
    }

    private static let root = #""userName":"root","groupName":"root""#
    private static let scenarios = RuleScenario.imds(root) + RuleScenario.wireServer(root)
}

/// One rule file and what is to come of requests under it.
struct RuleScenario: Sendable {
    struct Probe: Sendable {
        let name: String
        let path: String
        let codes: [Int32]
        var executable = "/usr/bin/python3"
    }

    let id: String
    let title: String
    let file: String
    let probes: [Probe]

    private var isIMDS: Bool { id.hasPrefix("IMDS") }

    /// How long until the agent has read a file that was just written, in milliseconds: its poll and some.
    private static let settling: UInt32 = 1_600

    var steps: [GuestStep] {
        let path = "\(Guest.rules)/\(isIMDS ? "IMDS" : "WireServer")_Rules.json"
        return [
            .write(path: path, content: Array(file.utf8), mode: 0o600), .pause(milliseconds: Self.settling),
            .clients(
                probes.map { probe in
                    .get("\(id)-\(probe.name)", executable: probe.executable, address: isIMDS ? Guest.imds : Guest.wireServer, path: probe.path)
                }),
        ]
    }

    var check: ConformanceCheck {
        let expectations = probes.map { (name: "\(id)-\($0.name)", codes: $0.codes) }
        return ConformanceCheck(id, title, follows: ["PRE", "B1a"]) { $0.expect(expectations) }
    }

    private static func all(_ deny: [(String, String)], _ code: Int32) -> [Probe] { deny.map { Probe(name: $0.0, path: $0.1, codes: [code]) } }

    /// Files of a form that few would write; the same for every service.
    private static func unusual(_ service: String, _ both: [(String, String)]) -> [RuleScenario] {
        [
            RuleScenario(id: "\(service)-S10", title: "an invalid JSON file denies all requests", file: "{ this is not JSON ", probes: all(both, 403)),
            RuleScenario(
                id: "\(service)-S11", title: "a byte order mark is ignored", file: "\u{FEFF}{\"defaultAccess\":\"deny\",\"id\":\"t\",\"rules\":{}}",
                probes: all(both, 403)),
            RuleScenario(
                id: "\(service)-S12", title: "a duplicate member denies all requests",
                file: #"{"defaultAccess":"allow","defaultAccess":"deny","id":"t","rules":{}}"#, probes: all(both, 403)),
        ]
    }

    static func imds(_ root: String) -> [RuleScenario] {
        let both = [("instance", Guest.instance), ("versions", Guest.versions)]
        let one = ConformanceGroup.document("/metadata/instance", identity: root)
        let siblings = all([("token", Guest.token), ("versions", Guest.versions)], 403)
        let allowed = Probe(name: "instance", path: Guest.instance, codes: [200])
        let rest = "?api-version=2018-02-01&resource=https://management.azure.com/"
        let spellings: [(String, String, [Int32])] = [
            ("slash", "/metadata/identity/oauth2%2Ftoken\(rest)", [403]), ("slash-lower", "/metadata/identity/oauth2%2ftoken\(rest)", [403]),
            ("double", "/metadata/identity/oauth2%252Ftoken\(rest)", [403]), ("question", "/metadata/identity/oauth2/token%3Fapi-version=2018-02-01", [403]),
            ("dots", "/metadata/instance/../identity/oauth2/token\(rest)", [403, 404]), ("dot", "/metadata/./identity/oauth2/token\(rest)", [403, 404]),
        ]
        let more: [(String, String, [Int32])] =
            spellings + [
                ("case", "/Metadata/Identity/OAuth2/Token\(rest)", [403]), ("letter", "/metadata/%69dentity/oauth2/token\(rest)", [403]),
                ("slashes", "/metadata//identity/oauth2/token\(rest)", [403, 404]), ("dotless", "/metadata/%C4%B1dentity/oauth2/token\(rest)", [403]),
            ]
        return [
            RuleScenario(
                id: "IMDS-S1", title: "default allow allows all requests", file: #"{"defaultAccess":"allow","mode":"disabled","id":"t","rules":{}}"#,
                probes: all([("instance", Guest.instance), ("token", Guest.token)], 200)),
            RuleScenario(
                id: "IMDS-S2", title: "default deny without rules denies all requests", file: #"{"defaultAccess":"deny","mode":"enforce","id":"t","rules":{}}"#,
                probes: all(both, 403)),
            RuleScenario(
                id: "IMDS-S3", title: "the mode in a local file is ignored", file: #"{"defaultAccess":"deny","mode":"audit","id":"t","rules":{}}"#,
                probes: all(both, 403)),
            RuleScenario(id: "IMDS-S4", title: "one path is allowed, its siblings are denied", file: one, probes: [allowed] + siblings),
            RuleScenario(
                id: "IMDS-S5", title: "the identity must match",
                file: ConformanceGroup.document("/metadata/instance", identity: #""userName":"nosuchuser_xyz","groupName":"root""#),
                probes: all([("instance", Guest.instance)], 403)),
            RuleScenario(
                id: "IMDS-S6", title: "encodings of a path do not bypass rules", file: one, probes: spellings.map { Probe(name: $0.0, path: $0.1, codes: $0.2) }
            ),
            RuleScenario(
                id: "IMDS-S7", title: "a query parameter must match",
                file: ConformanceGroup.document("/metadata/instance", identity: root, query: #""api-version":"2021-02-01""#),
                probes: [allowed]
                    + all(
                        [
                            ("missing", "/metadata/instance"), ("wrong", "/metadata/instance?api-version=2018-02-01"),
                            ("repeated", "/metadata/instance?api-version=2021-02-01&api-version=2018-02-01"),
                        ], 403)),
            RuleScenario(
                id: "IMDS-S8", title: "a group alone is a valid identity",
                file: ConformanceGroup.document("/metadata/instance", identity: #""groupName":"root""#), probes: [allowed]),
            RuleScenario(
                id: "IMDS-S9", title: "the executable's path is checked",
                file: ConformanceGroup.document("/metadata/instance", identity: #""exePath":"/usr/bin/curl""#),
                probes: [
                    Probe(name: "python", path: Guest.instance, codes: [403]),
                    Probe(name: "curl", path: Guest.instance, codes: [200], executable: "/usr/bin/curl"),
                ]),
        ] + unusual("IMDS", both) + [
            RuleScenario(
                id: "IMDS-S17", title: "names with the prefix are accepted",
                file: ConformanceGroup.document("/metadata/instance", identity: root, prefix: "LocalFileRules_"),
                probes: [allowed] + all([("versions", Guest.versions)], 403)),
            RuleScenario(
                id: "IMDS-S18", title: "a dangling reference denies all requests",
                file:
                    #"{"defaultAccess":"allow","id":"t","rules":{"privileges":[],"roles":[{"name":"r","privileges":["gone"]}],"identities":[{"name":"i","#
                    + #""userName":"root"}],"roleAssignments":[{"role":"r","identities":["i"]}]}}"#,
                probes: all(both, 403)),
            RuleScenario(
                id: "IMDS-S19", title: "look-alike letters do not match",
                file: ConformanceGroup.document("/metadata/instance", identity: "\"userName\":\"r\u{043E}ot\""),
                probes: all([("instance", Guest.instance)], 403)),
            RuleScenario(
                id: "IMDS-S20", title: "no spelling bypasses default deny", file: #"{"defaultAccess":"deny","id":"t","rules":{}}"#,
                probes: more.map { Probe(name: $0.0, path: $0.1, codes: $0.2) }),
        ]
    }

    static func wireServer(_ root: String) -> [RuleScenario] {
        let goalState = "/machine/?comp=goalstate"
        let versions = "/?comp=versions"
        let both = [("goalstate", goalState), ("versions", versions)]
        let one = ConformanceGroup.document("/machine/", identity: root, query: #""comp":"goalstate""#)
        let allowed = Probe(name: "goalstate", path: goalState, codes: [200])
        let siblings = all(
            ["sharedConfig", "hostingenvironmentconfig", "certificates", "extensionsConfig"].map { ($0, "/machine/?comp=\($0)") } + [("versions", versions)],
            403)
        return [
            RuleScenario(
                id: "WS-S1", title: "default allow allows all requests", file: #"{"defaultAccess":"allow","mode":"disabled","id":"t","rules":{}}"#,
                probes: all(both, 200)),
            RuleScenario(
                id: "WS-S2", title: "default deny without rules denies all requests", file: #"{"defaultAccess":"deny","mode":"enforce","id":"t","rules":{}}"#,
                probes: all(both, 403)),
            RuleScenario(
                id: "WS-S3", title: "the mode in a local file is ignored", file: #"{"defaultAccess":"deny","mode":"audit","id":"t","rules":{}}"#,
                probes: all(both, 403)),
            RuleScenario(id: "WS-S4", title: "the goal state is allowed, its siblings are denied", file: one, probes: [allowed] + siblings),
            RuleScenario(
                id: "WS-S5", title: "the identity must match",
                file: ConformanceGroup.document("/machine/", identity: #""userName":"nosuchuser_xyz""#, query: #""comp":"goalstate""#),
                probes: all([("goalstate", goalState)], 403)),
            RuleScenario(
                id: "WS-S6", title: "encodings and letter case do not bypass rules", file: one,
                probes: [
                    Probe(name: "slashes", path: "//machine///?comp=goalstate", codes: [403]),
                    Probe(name: "certificates", path: "/machine/?comp=Certificates", codes: [403]),
                    Probe(name: "case", path: "/machine/?comp=GOALSTATE", codes: [200]),
                    Probe(name: "repeated", path: "/machine/?comp=goalstate&comp=certificates", codes: [403]),
                ]),
            RuleScenario(
                id: "WS-S7", title: "a query parameter must match", file: one,
                probes: [
                    allowed, Probe(name: "missing", path: "/machine/", codes: [403]), Probe(name: "wrong", path: "/machine/?comp=health", codes: [403]),
                    Probe(name: "extra", path: "/machine/?comp=goalstate&incarnation=1", codes: [200, 400]),
                ]),
            RuleScenario(
                id: "WS-S8", title: "a group alone is a valid identity",
                file: ConformanceGroup.document("/machine/", identity: #""groupName":"root""#, query: #""comp":"goalstate""#), probes: [allowed]),
            RuleScenario(
                id: "WS-S9", title: "the executable's path is checked",
                file: ConformanceGroup.document("/machine/", identity: #""exePath":"/usr/bin/curl""#, query: #""comp":"goalstate""#),
                probes: [
                    Probe(name: "python", path: goalState, codes: [403]),
                    Probe(name: "curl", path: goalState, codes: [200], executable: "/usr/bin/curl"),
                ]),
        ] + unusual("WS", both) + [
            RuleScenario(
                id: "WS-S17", title: "names with the prefix are accepted",
                file: ConformanceGroup.document("/machine/", identity: root, query: #""comp":"goalstate""#, prefix: "LocalFileRules_"),
                probes: [allowed] + all([("versions", versions)], 403)),
            RuleScenario(
                id: "WS-S18", title: "a dangling reference denies all requests",
                file:
                    #"{"defaultAccess":"allow","id":"t","rules":{"privileges":[],"roles":[{"name":"r","privileges":["gone"]}],"identities":[{"name":"i","#
                    + #""userName":"root"}],"roleAssignments":[{"role":"r","identities":["i"]}]}}"#,
                probes: all(both, 403)),
            RuleScenario(
                id: "WS-S19", title: "look-alike letters do not match", file: ConformanceGroup.document("/machine/", identity: "\"userName\":\"r\u{043E}ot\""),
                probes: all([("goalstate", goalState)], 403)),
        ]
    }
}
