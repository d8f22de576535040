extension RuleScenario {
    static let imds = sorted(common(.imds) + onlyIMDS)
    static let wireServer = sorted(common(.wireServer) + onlyWireServer)

    private static func sorted(_ scenarios: [RuleScenario]) -> [RuleScenario] { scenarios.sorted { $0.number < $1.number } }

    /// The scenarios of every service.
    private static func common(_ service: RuleService) -> [RuleScenario] {
        func denied(_ requests: [Request]) -> [Request] { requests.map { $0.gets(403) } }
        let both = denied(service.both)
        let (allowed, refused) = (service.allowed.gets(200), service.allowed.gets(403))
        return [
            RuleScenario(service, 2, "default deny without rules denies all requests", #"{"defaultAccess":"deny","mode":"enforce","id":"t","rules":{}}"#, both),
            RuleScenario(service, 3, "the mode in a local file is ignored", #"{"defaultAccess":"deny","mode":"audit","id":"t","rules":{}}"#, both),
            RuleScenario(service, 8, "a group alone is a valid identity", service.document(for: #""groupName":"root""#), [allowed]),
            RuleScenario(
                service, 9, "the executable's path is checked", service.document(for: #""exePath":"/usr/bin/curl""#),
                [
                    Request("python", service.allowed.path, 403), Request("curl", service.allowed.path, 200, by: "/usr/bin/curl"),
                ]),
            RuleScenario(service, 10, "an invalid JSON file denies all requests", "{ this is not JSON ", both),
            RuleScenario(service, 11, "a byte order mark is ignored", "\u{FEFF}{\"defaultAccess\":\"deny\",\"id\":\"t\",\"rules\":{}}", both),
            RuleScenario(
                service, 12, "a duplicate member denies all requests", #"{"defaultAccess":"allow","defaultAccess":"deny","id":"t","rules":{}}"#, both),
            RuleScenario(
                service, 17, "names with the prefix are accepted", service.document(prefix: "LocalFileRules_"), [allowed, service.other.gets(403)]),
            RuleScenario(
                service, 18, "a dangling reference denies all requests",
                #"{"defaultAccess":"allow","id":"t","rules":{"privileges":[],"roles":[{"name":"r","privileges":["gone"]}],"identities":[{"name":"i","#
                    + #""userName":"root"}],"roleAssignments":[{"role":"r","identities":["i"]}]}}"#,
                both),
            RuleScenario(service, 19, "look-alike letters do not match", service.document(for: "\"userName\":\"r\u{043E}ot\"", query: ""), [refused]),
        ]
    }

    private static let allowAll = #"{"defaultAccess":"allow","mode":"disabled","id":"t","rules":{}}"#

    private static let onlyIMDS: [RuleScenario] = {
        let service = RuleService.imds
        let allowed = service.allowed.gets(200)
        let rest = "?api-version=2018-02-01&resource=https://management.azure.com/"
        let spellings = [
            Request("slash", "/metadata/identity/oauth2%2Ftoken\(rest)", 403), Request("slash-lower", "/metadata/identity/oauth2%2ftoken\(rest)", 403),
            Request("double", "/metadata/identity/oauth2%252Ftoken\(rest)", 403),
            Request("question", "/metadata/identity/oauth2/token%3Fapi-version=2018-02-01", 403),
            Request("dots", "/metadata/instance/../identity/oauth2/token\(rest)", 403, 404),
            Request("dot", "/metadata/./identity/oauth2/token\(rest)", 403, 404),
        ]
        let more = [
            Request("case", "/Metadata/Identity/OAuth2/Token\(rest)", 403), Request("letter", "/metadata/%69dentity/oauth2/token\(rest)", 403),
            Request("slashes", "/metadata//identity/oauth2/token\(rest)", 403, 404), Request("dotless", "/metadata/%C4%B1dentity/oauth2/token\(rest)", 403),
        ]
        let queries = [
            Request("missing", "/metadata/instance", 403), Request("wrong", "/metadata/instance?api-version=2018-02-01", 403),
            Request("repeated", "/metadata/instance?api-version=2021-02-01&api-version=2018-02-01", 403),
        ]
        return [
            RuleScenario(service, 1, "default allow allows all requests", allowAll, [allowed, Request("token", Guest.token, 200)]),
            RuleScenario(
                service, 4, "one path is allowed, its siblings are denied", service.document(),
                [allowed, Request("token", Guest.token, 403), service.other.gets(403)]),
            RuleScenario(
                service, 5, "the identity must match", service.document(for: #""userName":"nosuchuser_xyz","groupName":"root""#), [service.allowed.gets(403)]),
            RuleScenario(service, 6, "encodings of a path do not bypass rules", service.document(), spellings),
            RuleScenario(
                service, 7, "a query parameter must match", service.document(query: #""api-version":"2021-02-01""#), [allowed] + queries),
            RuleScenario(service, 20, "no spelling bypasses default deny", #"{"defaultAccess":"deny","id":"t","rules":{}}"#, spellings + more),
        ]
    }()

    private static let onlyWireServer: [RuleScenario] = {
        let service = RuleService.wireServer
        let allowed = service.allowed.gets(200)
        let siblings = ["sharedConfig", "hostingenvironmentconfig", "certificates", "extensionsConfig"].map { Request($0, "/machine/?comp=\($0)", 403) }
        return [
            RuleScenario(service, 1, "default allow allows all requests", allowAll, service.both.map { $0.gets(200) }),
            RuleScenario(
                service, 4, "the goal state is allowed, its siblings are denied", service.document(), [allowed] + siblings + [service.other.gets(403)]),
            RuleScenario(service, 5, "the identity must match", service.document(for: #""userName":"nosuchuser_xyz""#), [service.allowed.gets(403)]),
            RuleScenario(
                service, 6, "encodings and letter case do not bypass rules", service.document(),
                [
                    Request("slashes", "//machine///?comp=goalstate", 403), Request("certificates", "/machine/?comp=Certificates", 403),
                    Request("case", "/machine/?comp=GOALSTATE", 200), Request("repeated", "/machine/?comp=goalstate&comp=certificates", 403),
                ]),
            RuleScenario(
                service, 7, "a query parameter must match", service.document(),
                [
                    allowed, Request("missing", "/machine/", 403), Request("wrong", "/machine/?comp=health", 403),
                    Request("extra", "/machine/?comp=goalstate&incarnation=1", 200, 400),
                ]),
        ]
    }()
}
