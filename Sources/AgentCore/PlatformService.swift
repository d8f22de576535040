/// The platform's services that the agent proxies.
public enum PlatformService: String, CaseIterable, Hashable, Sendable {
    case wireServer = "wireserver"
    case imds
    case hostGAPlugin = "hostga"

    public var endpoint: Endpoint {
        switch self {
        case .wireServer: .wireServer
        case .imds: .instanceMetadata
        case .hostGAPlugin: .hostGAPlugin
        }
    }

    /// Nil for any other endpoint.
    public init?(_ endpoint: Endpoint) {
        guard let service = Self.allCases.first(where: { $0.endpoint == endpoint }) else { return nil }
        self = service
    }
}
