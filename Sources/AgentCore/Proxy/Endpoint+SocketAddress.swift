internal import NIOCore

extension Endpoint {
    /// Nil unless the address is IPv4, or IPv4 mapped to IPv6.
    init?(_ address: SocketAddress) {
        guard let host = address.ipAddress.flatMap(Address.init), let port = address.port.flatMap(UInt16.init(exactly:)) else {
            return nil
        }
        self.init(address: host, port: port)
    }

    /// Without name resolution, which static programs should not use in glibc.
    func socketAddress() throws -> SocketAddress { try SocketAddress(ipAddress: "\(address)", port: Int(port)) }
}
