import Glibc
import SystemPackage

/// Waits on all addresses of this machine for somebody who should not come: a TCP and a UDP port.
final class HostListener {
    private let stream: Int32
    private let datagram: Int32
    let tcpPort: UInt16
    let udpPort: UInt16

    init() throws {
        (stream, tcpPort) = try Self.bound(SOCK_STREAM)
        (datagram, udpPort) = try Self.bound(SOCK_DGRAM)
        guard listen(stream, 64) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit {
        close(stream)
        close(datagram)
    }

    private static func bound(_ kind: __socket_type) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard outcome else { throw Errno(rawValue: errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Those that came since the last time.
    var connections: Int {
        var count = 0
        while case let connection = accept(stream, nil, nil), connection >= 0 {
            close(connection)
            count += 1
        }
        return count
    }

    var datagrams: Int {
        var count = 0
        var byte: UInt8 = 0
        while recv(datagram, &byte, 1, Int32(MSG_TRUNC)) >= 0 { count += 1 }
        return count
    }

    /// The machine's own, beyond loopback.
    static var addresses: [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) {
                var text = [CChar](repeating: 0, count: 64)
                getnameinfo(address, socklen_t(MemoryLayout<sockaddr_in>.size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                found.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
            next = entry.pointee.ifa_next
        }
        return found.filter { !$0.hasPrefix("127.") }
    }
}
