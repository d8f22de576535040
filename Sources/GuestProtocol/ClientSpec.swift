/// One request a client in the guest makes.
public struct ClientSpec: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// `connect` and close, nothing sent.
        case connect = 1
        /// A TCP connection over which the request is sent and an HTTP/1.1 answer read.
        case http = 2
        /// A connected UDP socket that sends one datagram.
        case datagram = 3
        /// TCP by hand over a packet socket, from an address that no machine has: no `connect`, so no program sees it. IPv4, as root.
        case raw = 4
    }

    /// The namespaces a client enters before anything else (unshare(2)).
    public enum Isolation: UInt8, Hashable, Sendable, CaseIterable {
        case none = 0
        /// A user and a cgroup namespace of its own, as `unshare -Cr`.
        case userAndCgroup = 1
        /// A network namespace of its own, in which nothing is configured.
        case network = 2
    }

    /// Unique in its plan: `imds-root`. The request says it, so that the platform's journal can be matched.
    public let name: String
    public let kind: Kind
    public let identity: ClientIdentity
    /// The path by which the client's process is known; empty for the runner itself.
    public let executable: String
    public let isolation: Isolation
    /// Four octets for IPv4, sixteen for IPv6.
    public let address: [UInt8]
    public let port: UInt16
    /// The bytes to send; `{client}` in them is replaced by the name.
    public let request: [UInt8]

    public init(
        name: String, kind: Kind, identity: ClientIdentity, executable: String = "", isolation: Isolation = .none, address: [UInt8], port: UInt16,
        request: [UInt8] = []
    ) {
        self.name = name
        self.kind = kind
        self.identity = identity
        self.executable = executable
        self.isolation = isolation
        self.address = address
        self.port = port
        self.request = request
    }

    /// A client of an ordinary user.
    public init(
        name: String, kind: Kind, user: UInt32, executable: String = "", isolation: Isolation = .none, address: [UInt8], port: UInt16,
        request: [UInt8] = []
    ) {
        self.init(
            name: name, kind: kind, identity: .ordinary(user), executable: executable, isolation: isolation, address: address, port: port, request: request)
    }

    /// The real user id.
    public var user: UInt32 { identity.user }

    /// The header by which a request carries its client's name.
    public static let nameHeader = "x-kmatrix-client"
    /// What is replaced by the name in a request.
    public static let nameToken = "{client}"

    /// The n-th of a burst of this.
    public func member(_ index: UInt32) -> ClientSpec {
        ClientSpec(
            name: "\(name)-\(index)", kind: kind, identity: identity, executable: executable, isolation: isolation, address: address, port: port,
            request: request)
    }

    /// Whether one process can play both.
    public func sharesProcess(with other: ClientSpec) -> Bool {
        identity == other.identity && executable == other.executable && isolation == other.isolation && !identity.isShortLived
    }

    /// What goes over the wire.
    public var bytes: [UInt8] {
        let token = Array(Self.nameToken.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(request.count + name.utf8.count)
        var index = 0
        while index < request.count {
            if request[index] == token[0], request[index...].starts(with: token) {
                result.append(contentsOf: name.utf8)
                index += token.count
            } else {
                result.append(request[index])
                index += 1
            }
        }
        return result
    }
}

extension ClientSpec {
    /// A GET as an HTTP client sends it to one of the platform's services.
    /// - Parameters:
    ///   - identity: Nil for an ordinary process of the user.
    ///   - host: The Host header; nil for the address.
    public static func get(
        _ name: String, user: UInt32 = 0, identity: ClientIdentity? = nil, executable: String = "", isolation: Isolation = .none, address: [UInt8],
        port: UInt16 = 80, path: String,
        host: String? = nil, headers: [String] = []
    ) -> ClientSpec {
        let numbers = address.suffix(4).map(String.init).joined(separator: ".")
        let lines = [
            "GET \(path) HTTP/1.1", "Host: \(host ?? numbers + (port == 80 ? "" : ":\(port)"))", "\(nameHeader): \(nameToken)", "Metadata: true",
            "x-ms-version: 2012-11-30", "Connection: close",
        ]
        let request = (lines + headers).map { $0 + "\r\n" }.joined() + "\r\n"
        return ClientSpec(
            name: name, kind: .http, identity: identity ?? .ordinary(user), executable: executable, isolation: isolation, address: address, port: port,
            request: Array(request.utf8))
    }
}

/// Clients that one process plays, all of one user.
public struct ClientTask: Hashable, Sendable {
    public let specs: [ClientSpec]
    /// Whether all connect at once instead of one after the other.
    public let isBurst: Bool
    /// How long each request may take, in milliseconds.
    public let deadline: UInt32

    public init(specs: [ClientSpec], isBurst: Bool, deadline: UInt32) {
        self.specs = specs
        self.isBurst = isBurst
        self.deadline = deadline
    }
}
