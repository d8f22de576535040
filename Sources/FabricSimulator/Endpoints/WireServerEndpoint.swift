import NIOHTTP1

/// WireServer on port 80: versions, goal state, health report.
struct WireServerEndpoint: PlatformEndpoint {
    func answer(_ request: PlatformRequest) -> PlatformAnswer {
        switch (request.method, request.path.lowercased(), request.query["comp"]?.lowercased()) {
        case ("GET", "/", "versions"), ("GET", "", "versions"): xml(Self.versions)
        case ("GET", "/machine", "goalstate"), ("GET", "/machine/", "goalstate"): xml(Self.goalState)
        case ("POST", "/machine", "health"), ("POST", "/machine/", "health"): PlatformAnswer(.ok)
        default: PlatformAnswer(.notFound)
        }
    }

    private func xml(_ body: String) -> PlatformAnswer { PlatformAnswer(.ok, contentType: "text/xml; charset=utf-8", body: body) }

    private static let versions = """
        <?xml version="1.0" encoding="utf-8"?>
        <Versions><Preferred><Version>2012-11-30</Version></Preferred><Supported><Version>2012-11-30</Version></Supported></Versions>
        """

    private static let goalState = """
        <?xml version="1.0" encoding="utf-8"?>
        <GoalState><Version>2012-11-30</Version><Incarnation>1</Incarnation><Machine><ExpectedState>Started</ExpectedState></Machine>\
        <Container><ContainerId>00000000-0000-0000-0000-000000000003</ContainerId><RoleInstanceList><RoleInstance>\
        <InstanceId>_kmatrix-guest</InstanceId><State>Started</State></RoleInstance></RoleInstanceList></Container></GoalState>
        """
}
