import GuestProtocol

/// The clients of every cell: root and an ordinary user, to IMDS and to WireServer, over HTTP and as a bare `connect`.
enum StandardClients {
    /// The user id of `nobody` on Debian and most others.
    static let ordinaryUser: UInt32 = 65534

    static let all: [ClientSpec] = [ClientSpec.Kind.http, .connect].flatMap { kind in
        destinations.flatMap { destination in
            [(name: "root", user: UInt32(0)), (name: "user", user: ordinaryUser)].map { who in
                ClientSpec(
                    name: "\(destination.name)-\(who.name)-\(kind == .http ? "http" : "connect")", kind: kind, user: who.user,
                    address: destination.address, port: 80, path: destination.path)
            }
        }
    }

    private static let destinations: [(name: String, address: [UInt8], path: String)] = [
        ("imds", [169, 254, 169, 254], "/metadata/instance?api-version=2021-02-01"),
        ("wireserver", [168, 63, 129, 16], "/?comp=versions"),
    ]
}
