import NIOHTTP1

/// WireServer on port 80: versions, goal state and what it points at, health report, telemetry.
struct WireServerEndpoint: PlatformEndpoint {
    static let version = "2012-11-30"

    func answer(_ request: PlatformRequest) -> PlatformAnswer {
        let path = request.path.lowercased()
        let isMachine = path == "/machine" || path == "/machine/"
        switch (request.method, request.query["comp"]?.lowercased()) {
        case ("GET", "versions") where path.isEmpty || path == "/": return xml(Self.versions)
        case ("GET", "goalstate") where isMachine: return versioned(request) { xml(Self.goalState) }
        case ("GET", "config") where path.hasPrefix(Self.configurationPath.lowercased()): return versioned(request) { configuration(request) }
        case ("GET", "certificates") where path.hasPrefix(Self.configurationPath.lowercased()):
            return versioned(request) { xml("<CertificateFile><Version>\(Self.version)</Version><Incarnation>1</Incarnation></CertificateFile>") }
        case ("POST", "health") where isMachine: return accepted(request)
        case ("POST", "telemetrydata") where isMachine: return accepted(request)
        case ("POST", "roleproperties") where isMachine: return accepted(request)
        default: return PlatformAnswer(.notFound)
        }
    }

    /// Rejects a request without a protocol version (`x-ms-version`).
    private func versioned(_ request: PlatformRequest, _ answer: () -> PlatformAnswer) -> PlatformAnswer {
        guard request.headers.first(name: "x-ms-version") != nil else { return PlatformAnswer(.badRequest, note: "x-ms-version is missing") }
        return answer()
    }

    /// Records a guest's report, which is evidence of its cell.
    private func accepted(_ request: PlatformRequest) -> PlatformAnswer {
        PlatformAnswer(.ok, note: String(decoding: request.body.prefix(FabricLimits.text), as: UTF8.self))
    }

    private func configuration(_ request: PlatformRequest) -> PlatformAnswer {
        switch request.query["type"]?.lowercased() {
        case "hostingenvironmentconfig":
            xml("<HostingEnvironmentConfig version=\"1.0.0.0\"><Deployment name=\"kmatrix\"/><Role name=\"kmatrix-guest\"/></HostingEnvironmentConfig>")
        case "sharedconfig":
            xml(
                "<SharedConfig version=\"1.0.0.0\"><Deployment name=\"kmatrix\"/><Incarnation number=\"1\"/><Role name=\"kmatrix-guest\"/>"
                    + "<Instances><Instance id=\"_kmatrix-guest\" address=\"168.0.0.15\"/></Instances></SharedConfig>")
        case "extensionsconfig": xml("<Extensions version=\"1.0.0.0\" goalStateIncarnation=\"1\"><Plugins/></Extensions>")
        default: PlatformAnswer(.notFound)
        }
    }

    private func xml(_ body: String) -> PlatformAnswer {
        PlatformAnswer(.ok, contentType: "text/xml; charset=utf-8", body: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + body)
    }

    private static let container = "00000000-0000-0000-0000-000000000003"
    private static let configurationPath = "/machine/\(container)/"

    private static let versions =
        "<Versions><Preferred><Version>2015-04-05</Version></Preferred><Supported><Version>2015-04-05</Version>"
        + "<Version>2012-11-30</Version></Supported></Versions>"

    private static let goalState: String = {
        let base = "http://168.63.129.16:80\(configurationPath)_kmatrix%2Dguest"
        let links = [("HostingEnvironmentConfig", "hostingEnvironmentConfig"), ("SharedConfig", "sharedConfig"), ("ExtensionsConfig", "extensionsConfig")]
            .map { "<\($0.0)>\(base)?comp=config&amp;type=\($0.1)&amp;incarnation=1</\($0.0)>" }
        return "<GoalState><Version>\(version)</Version><Incarnation>1</Incarnation><Machine><ExpectedState>Started</ExpectedState>"
            + "<LBProbePorts><Port>16001</Port></LBProbePorts></Machine><Container><ContainerId>\(container)</ContainerId><RoleInstanceList>"
            + "<RoleInstance><InstanceId>_kmatrix-guest</InstanceId><State>Started</State><Configuration>\(links.joined())"
            + "<Certificates>\(base)?comp=certificates&amp;incarnation=1</Certificates></Configuration></RoleInstance></RoleInstanceList>"
            + "</Container></GoalState>"
    }()
}
