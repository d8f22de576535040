public import GuestProtocol

/// Checks that share a guest: what it does, under which scenario, and what is judged.
public struct ConformanceGroup: Sendable {
    public let name: String
    /// The scenario's file among the conformance scenarios.
    public let scenario: String
    public let steps: [GuestStep]
    public let checks: [ConformanceCheck]
    /// Of each client and each command, in milliseconds.
    public private(set) var deadline: UInt32 = 10_000

    public static let all: [ConformanceGroup] = [.surface, .localRules, .switchedOn, .faults]

    /// Every check, in the order of printing.
    public static var checks: [ConformanceCheck] { all.flatMap(\.checks) }
}

/// Where things are in a guest, and who is who.
enum Guest {
    static let imds: [UInt8] = [169, 254, 169, 254]
    static let wireServer: [UInt8] = [168, 63, 129, 16]
    static let loopback: [UInt8] = [127, 0, 0, 1]
    /// The guest's own address on its network.
    static let own: [UInt8] = [168, 0, 0, 15]
    static let proxyPort: UInt16 = 3080
    static let nobody: UInt32 = 65534
    static let busybox = "/bin/busybox"

    static let logs = "/var/log/azure-proxy-agent"
    static let keys = "/var/lib/azure-proxy-agent/keys"
    static let rules = "/var/lib/azure-proxy-agent/rules"
    static let executable = "/usr/sbin/azure-proxy-agent"

    static let instance = "/metadata/instance?api-version=2021-02-01"
    static let token = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/"
    static let versions = "/metadata/versions"

    static func run(_ name: String, _ arguments: [String]) -> GuestStep { .command(CommandSpec(name: name, path: busybox, arguments: arguments)) }

    /// Bytes as they stand, to the listener itself.
    static func raw(_ name: String, _ bytes: String) -> ClientSpec {
        ClientSpec(name: name, kind: .http, user: 0, address: loopback, port: proxyPort, request: Array(bytes.utf8))
    }
}
