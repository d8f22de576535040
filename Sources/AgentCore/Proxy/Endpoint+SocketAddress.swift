internal import NIOCore

extension Endpoint {
    /// Nil for what is not IPv4, nor IPv4 written as IPv6.
    init?(_ address: SocketAddress) {
        guard let host = address.ipAddress.flatMap(Address.init), let port = address.port.flatMap(UInt16.init(exactly:)) else {
            return nil
        }
        self.init(address: host, port: port)
    }

    /// Made without name resolution, which a static program had better not ask libc for.
    func socketAddress() throws -> SocketAddress { try SocketAddress(ipAddress: "\(address)", port: Int(port)) }
}
