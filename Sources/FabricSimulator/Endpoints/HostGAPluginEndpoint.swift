import NIOHTTP1

/// The host's plugin for guest agents on port 32526.
struct HostGAPluginEndpoint: PlatformEndpoint {
    func answer(_ request: PlatformRequest) -> PlatformAnswer {
        switch (request.method, request.path.lowercased()) {
        case ("GET", "/versions"): json(#"["2015-09-01"]"#)
        case ("GET", "/health"): PlatformAnswer(.ok)
        case ("GET", "/vmsettings"): json(#"{"hostGAPluginVersion":"1.0.8.0","vmSettingsSchemaVersion":"0.0","activityId":"","extensionGoalStates":[]}"#)
        case ("GET", "/extensionartifact"):
            request.headers.first(name: "x-ms-artifact-location") == nil
                ? PlatformAnswer(.badRequest, note: "x-ms-artifact-location is missing") : PlatformAnswer(.notFound)
        case ("PUT", "/vmagentlog"): PlatformAnswer(.ok, note: "\(request.body.count) bytes of log")
        case ("PUT", "/status"): PlatformAnswer(.ok, note: String(decoding: request.body.prefix(FabricLimits.text), as: UTF8.self))
        default: PlatformAnswer(.notFound)
        }
    }

    private func json(_ body: String) -> PlatformAnswer { PlatformAnswer(.ok, contentType: "application/json", body: body) }
}
