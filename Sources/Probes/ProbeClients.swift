import GuestProtocol
import MatrixModel

/// The platform's services as clients ask for them.
enum Service: CaseIterable {
    case imds, wireServer, hostGAPlugin

    /// How clients of the service are called: `imds-root`.
    var name: String {
        switch self {
        case .imds: "imds"
        case .wireServer: "wireserver"
        case .hostGAPlugin: "hostga"
        }
    }

    var words: String {
        switch self {
        case .imds: "IMDS"
        case .wireServer: "WireServer"
        case .hostGAPlugin: "HostGAPlugin"
        }
    }

    var address: [UInt8] { self == .imds ? [169, 254, 169, 254] : [168, 63, 129, 16] }
    var port: UInt16 { self == .hostGAPlugin ? 32526 : 80 }

    var path: String {
        switch self {
        case .imds: "/metadata/instance?api-version=2021-02-01"
        case .wireServer: "/?comp=versions"
        case .hostGAPlugin: "/versions"
        }
    }

    static let tokenPath = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/"
}

extension ClientSpec {
    /// The user id of `nobody` on Debian and most others.
    static let nobody: UInt32 = 65534

    /// A plain GET, as an HTTP client sends it.
    static func request(
        _ name: String, _ identity: ClientIdentity, _ service: Service, path: String? = nil, address: [UInt8]? = nil, executable: String? = nil,
        isolation: Isolation = .none
    ) -> ClientSpec {
        .get(
            name, identity: identity, executable: executable ?? ProbeNames.executable(isRoot: identity.isRoot), isolation: isolation,
            address: address ?? service.address,
            port: service.port, path: path ?? service.path)
    }

    static func root(_ name: String, _ service: Service, path: String? = nil) -> ClientSpec { request(name, .ordinary(0), service, path: path) }
    static func user(_ name: String, _ service: Service, path: String? = nil) -> ClientSpec { request(name, .ordinary(nobody), service, path: path) }
}
