import Glibc
import SystemPackage

/// What a guest must not reach: a TCP and a UDP port of a machine, over IPv4 and over IPv6. Nothing reads them, so the kernel counts who came.
final class HostTarget: Sendable {
    struct Counts: Equatable {
        var connections = 0
        var datagrams = 0
        var connections6 = 0
        var datagrams6 = 0
    }

    private let stream: Int32
    private let datagram: Int32
    private let stream6: Int32
    private let datagram6: Int32
    let tcpPort: UInt16
    let udpPort: UInt16
    /// Nil on a machine without IPv6.
    let tcpPort6: UInt16?
    let udpPort6: UInt16?

    /// Opens the ports in the network namespace of the calling thread.
    /// - Parameter isLocal: Whether at the loopback addresses alone.
    init(isLocal: Bool = true) throws {
        (stream, tcpPort) = try Self.bound(SOCK_STREAM, isLocal ? INADDR_LOOPBACK : INADDR_ANY)
        (datagram, udpPort) = try Self.bound(SOCK_DGRAM, isLocal ? INADDR_LOOPBACK : INADDR_ANY)
        (stream6, tcpPort6) = Self.bound6(SOCK_STREAM, isLocal ? in6addr_loopback : in6addr_any)
        (datagram6, udpPort6) = Self.bound6(SOCK_DGRAM, isLocal ? in6addr_loopback : in6addr_any)
        guard listen(stream, 16) == 0, tcpPort6 == nil || listen(stream6, 16) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { for descriptor in [stream, datagram, stream6, datagram6] { close(descriptor) } }

    private static func bound6(_ kind: __socket_type, _ host: in6_addr) -> (descriptor: Int32, port: UInt16?) {
        let descriptor = socket(AF_INET6, Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = host
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        return (descriptor, outcome ? UInt16(bigEndian: address.sin6_port) : nil)
    }

    private static func bound(_ kind: __socket_type, _ host: in_addr_t) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: host.bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard outcome else { throw Errno(rawValue: errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// What came since the last time.
    var counts: Counts {
        Counts(
            connections: Self.connections(stream), datagrams: Self.datagrams(datagram), connections6: Self.connections(stream6),
            datagrams6: Self.datagrams(datagram6))
    }

    private static func connections(_ socket: Int32) -> Int {
        var count = 0
        while case let connection = accept(socket, nil, nil), connection >= 0 {
            close(connection)
            count += 1
        }
        return count
    }

    private static func datagrams(_ socket: Int32) -> Int {
        var count = 0
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, Int32(MSG_TRUNC)) >= 0 { count += 1 }
        return count
    }
}
