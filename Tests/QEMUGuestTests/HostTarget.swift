import Glibc
import SystemPackage

/// What a guest must not reach: a TCP and a UDP port of this machine's loopback, and a UDP port of its IPv6 loopback. Nothing reads them, so
/// the kernel counts who came.
final class HostTarget: Sendable {
    private let stream: Int32
    private let datagram: Int32
    private let datagram6: Int32
    let tcpPort: UInt16
    let udpPort: UInt16
    /// Nil on a machine without IPv6.
    let udpPort6: UInt16?

    init() throws {
        (stream, tcpPort) = try Self.bound(SOCK_STREAM)
        (datagram, udpPort) = try Self.bound(SOCK_DGRAM)
        (datagram6, udpPort6) = Self.bound6()
        guard listen(stream, 16) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit {
        close(stream)
        close(datagram)
        close(datagram6)
    }

    private static func bound6() -> (descriptor: Int32, port: UInt16?) {
        let descriptor = socket(AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        return (descriptor, outcome ? UInt16(bigEndian: address.sin6_port) : nil)
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
    var datagrams: Int { Self.count(datagram) }
    var datagrams6: Int { Self.count(datagram6) }

    private static func count(_ socket: Int32) -> Int {
        var count = 0
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, Int32(MSG_TRUNC)) >= 0 { count += 1 }
        return count
    }
}
