import FabricSimulator
import GuestProtocol
import MatrixModel

/// What every cell's guest does: the steps by which an agent is proven under a scenario.
enum StandardCourse {
    /// The user id of `nobody` on Debian and most others.
    static let ordinaryUser: UInt32 = 65534
    /// Members of each crowd, of which there are two.
    static let crowdSize: UInt32 = 100

    static func steps(for scenario: Scenario) -> [GuestStep] {
        let expected = scenario.expectation.clients
        // The crowd and the restart prove what only an agent with a key can show.
        let isSigned = expected["imds-root"] == .signed && expected["imds-user"] == .signed
        var steps: [GuestStep] = untouchedListeners
        steps += [.open([early("imds", imds), early("wireserver", wireServer)].filter { expected[$0.name] != nil }), .startAgent]
        let pause = UInt32(scenario.pause / .milliseconds(1))
        if pause > 0 { steps.append(.pause(milliseconds: pause)) }
        steps += [.status(.status), .clients(named.filter { expected[$0.name] != nil } + untouched + (isSigned ? [dualStack] : [])), .finish]
        if isSigned { steps.append(.crowd(crowd, count: crowdSize)) }
        steps += [.stopAgent(signal: 15), .status(.finalStatus)]
        if isSigned { steps += [.startAgent, .status(.restartedStatus), .clients([request(ProbeNames.afterRestart, 0, imds)])] }
        return steps
    }

    /// What the guest of a deployment does: it comes up by itself, and only then is looked at.
    static func steps(for deployment: Deployment) -> [GuestStep] {
        let boot = GuestStep.await(path: "/run/cloud-init/result.json", milliseconds: 420_000)
        guard deployment.hasAgent else { return [boot] }
        return [boot, .startAgent, .status(.status), .clients([request("imds-root", 0, imds), request("imds-user", ordinaryUser, imds)]), .stopAgent(signal: 15), .status(.finalStatus)]
    }

    // MARK: - Destinations

    struct Destination {
        let address: [UInt8]
        let port: UInt16
        let path: String
    }

    static let imds = Destination(address: [169, 254, 169, 254], port: 80, path: "/metadata/instance?api-version=2021-02-01")
    static let token = Destination(
        address: imds.address, port: 80,
        path: "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/")
    static let wireServer = Destination(address: [168, 63, 129, 16], port: 80, path: "/?comp=versions")
    static let hostGAPlugin = Destination(address: [168, 63, 129, 16], port: 32526, path: "/versions")

    // MARK: - Clients

    /// A plain GET, as an HTTP client sends it.
    static func request(_ name: String, _ user: UInt32, _ destination: Destination, address: [UInt8]? = nil) -> ClientSpec {
        ClientSpec.get(
            name, user: user, executable: ProbeNames.executable(isRoot: user == 0), address: address ?? destination.address,
            port: destination.port, path: destination.path)
    }

    /// Those that scenarios speak of.
    private static let named: [ClientSpec] =
        [("imds", imds), ("wireserver", wireServer), ("hostga", hostGAPlugin)].flatMap { name, destination in
            [request("\(name)-root", 0, destination), request("\(name)-user", ordinaryUser, destination)]
        } + [request("imds-root-identity", 0, token), request("imds-user-identity", ordinaryUser, token), bypass]

    /// Goes round every hook of the kernel; no kernel could redirect it.
    private static let bypass: ClientSpec = {
        let plain = request("imds-raw", 0, imds)
        return ClientSpec(
            name: plain.name, kind: .raw, user: 0, executable: plain.executable, address: imds.address, port: imds.port, request: plain.request)
    }()

    private static func early(_ name: String, _ destination: Destination) -> ClientSpec { request("\(name)-early", 0, destination) }

    /// Java and other clients with one kind of socket for both write IPv4 addresses so (RFC 4291 section 2.5.5.2).
    private static let dualStack = request(
        ProbeNames.dualStack, 0, imds, address: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + imds.address)

    private static let crowd = [
        request("\(ProbeNames.crowdPrefix)root", 0, imds), request("\(ProbeNames.crowdPrefix)user", ordinaryUser, imds),
    ]

    // MARK: - What the agent must leave alone

    private static let otherAddress: [UInt8] = [127, 0, 0, 9]
    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]

    private static let untouchedListeners: [GuestStep] = [
        .listen(address: otherAddress, port: 80), .listen(address: loopback6, port: 80),
    ]

    private static let untouched: [ClientSpec] = [
        plain("ipv4", .connect, otherAddress), plain("ipv6", .connect, loopback6), plain("udp", .datagram, imds.address),
    ]

    private static func plain(_ name: String, _ kind: ClientSpec.Kind, _ address: [UInt8]) -> ClientSpec {
        ClientSpec(
            name: ProbeNames.untouchedPrefix + name, kind: kind, user: 0, executable: ProbeNames.executable(isRoot: true), address: address,
            port: 80, request: Array("x".utf8))
    }
}
