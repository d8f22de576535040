public import GuestProtocol

/// One client request as the arguments of the process that makes it: `client NAME KIND USER A.B.C.D PORT PATH MILLISECONDS`.
public struct ClientInvocation: Hashable, Sendable {
    public let spec: ClientSpec
    /// How long the request may take, in milliseconds.
    public let deadline: UInt32

    /// Nil when the specification cannot be said in arguments or in an HTTP request without changing its meaning.
    public init?(_ spec: ClientSpec, deadline: UInt32) {
        let isPlain: (String) -> Bool = { text in !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
        guard isPlain(spec.name), isPlain(spec.path), spec.path.hasPrefix("/"), spec.address.count == 4 else { return nil }
        self.spec = spec
        self.deadline = deadline
    }

    public init?(arguments: [String]) {
        guard arguments.count == 8, arguments[0] == "client", let rawKind = UInt8(arguments[2]), let kind = ClientSpec.Kind(rawValue: rawKind),
            let user = UInt32(arguments[3]), let port = UInt16(arguments[5]), let deadline = UInt32(arguments[7])
        else { return nil }
        let octets = arguments[4].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard octets.count == 4, octets.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            ClientSpec(name: arguments[1], kind: kind, user: user, address: octets.compactMap(\.self), port: port, path: arguments[6]),
            deadline: deadline)
    }

    public var arguments: [String] {
        ["client", spec.name, "\(spec.kind.rawValue)", "\(spec.user)", host, "\(spec.port)", spec.path, "\(deadline)"]
    }

    var host: String { spec.address.map { "\($0)" }.joined(separator: ".") }

    /// The request an HTTP client sends.
    var request: String {
        "GET \(spec.path) HTTP/1.1\r\nHost: \(host)\r\n\(ClientSpec.nameHeader): \(spec.name)\r\nMetadata: true\r\nConnection: close\r\n\r\n"
    }
}
