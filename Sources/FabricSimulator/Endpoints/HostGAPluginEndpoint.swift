import NIOHTTP1

/// The host's plugin for guest agents on port 32526.
struct HostGAPluginEndpoint: PlatformEndpoint {
    func answer(_ request: PlatformRequest) -> PlatformAnswer {
        switch (request.method, request.path) {
        case ("GET", "/versions"): PlatformAnswer(.ok, contentType: "application/json", body: #"["2015-09-01"]"#)
        case ("GET", "/health"): PlatformAnswer(.ok)
        default: PlatformAnswer(.notFound)
        }
    }
}
