import Glibc
import SystemPackage

/// What a guest must not reach: a TCP and a UDP port of this machine's loopback. Nothing reads them, so the kernel counts who came.
final class HostTarget: Sendable {
    private let stream: Int32
    private let datagram: Int32
    let tcpPort: UInt16
    let udpPort: UInt16

    init() throws {
        (stream, tcpPort) = try Self.bound(SOCK_STREAM)
        (datagram, udpPort) = try Self.bound(SOCK_DGRAM)
        guard listen(stream, 16) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit {
        close(stream)
        close(datagram)
    }

    private static func bound(_ kind: __socket_type) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard outcome else { throw Errno(rawValue: errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Connections that came since the last time.
    var connections: Int {
        var count = 0
        while case let connection = accept(stream, nil, nil), connection >= 0 {
            close(connection)
            count += 1
        }
        return count
    }

    /// Datagrams that came since the last time.
    var datagrams: Int {
        var count = 0
        var byte: UInt8 = 0
        while recv(datagram, &byte, 1, Int32(MSG_TRUNC)) >= 0 { count += 1 }
        return count
    }
}
