import Glibc

// Joins standard input and output, one connection of a guest, to a Unix socket: `fabric-relay SOCKET`.
// QEMU starts one for each connection that its user-mode network forwards (guestfwd with cmd:).

signal(SIGPIPE, SIG_IGN)

func fail(_ step: String) -> Never {
    perror("fabric-relay: \(step)")
    exit(1)
}

guard CommandLine.arguments.count == 2 else {
    let usage = "usage: fabric-relay SOCKET\n"
    _ = usage.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(2)
}

var address = sockaddr_un()
address.sun_family = sa_family_t(AF_UNIX)
let path = Array(CommandLine.arguments[1].utf8)
guard path.count < MemoryLayout.size(ofValue: address.sun_path) else {
    errno = ENAMETOOLONG
    fail("socket's path")
}
withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }

let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
guard connection >= 0 else { fail("socket") }
let isConnected = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
}
guard isConnected == 0 else { fail("connect") }

/// Copies what is there; false at the end of the stream or when the other side is gone.
func copy(from source: Int32, to sink: Int32) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
        let count = read(source, buffer.baseAddress, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) }
        var written = 0
        while written < count {
            let step = write(sink, buffer.baseAddress?.advanced(by: written), count - written)
            if step < 0 && errno == EINTR { continue }
            if step < 0 && errno == EAGAIN {
                var ready = pollfd(fd: sink, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
                continue
            }
            guard step > 0 else { return false }
            written += step
        }
        return true
    }
}

var fromGuest = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
var fromFabric = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
// The end of one direction is handed on and the other goes on; the fabric's end ends the connection.
while fromFabric.fd >= 0 {
    var polled = [fromGuest, fromFabric]
    guard poll(&polled, 2, -1) >= 0 || errno == EINTR else { fail("poll") }
    if polled[0].revents != 0, !copy(from: STDIN_FILENO, to: connection) {
        shutdown(connection, Int32(SHUT_WR))
        fromGuest.fd = -1
    }
    if polled[1].revents != 0, !copy(from: connection, to: STDOUT_FILENO) { fromFabric.fd = -1 }
}
