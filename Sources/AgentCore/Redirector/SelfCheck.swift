internal import Glibc
internal import SystemPackage

/// Proves, before the agent says RUNNING, that a connection is redirected and that its audit entry appears.
///
/// The destination is a port of 127.0.0.1 that this process holds without listening, so it is nobody else's and refuses whoever
/// comes; it is redirected to another port of this process, which listens. Nothing of that leaves the machine, and the agent must
/// not be on the skip list yet.
struct SelfCheck {
    let maps: any RedirectionMaps
    /// In milliseconds, for the connection.
    var patience: Int32 = 3000

    func run() throws(RedirectorError) {
        let wanted = try LoopbackSocket()
        let listener = try LoopbackSocket()
        try listener.listen()
        let destination = Endpoint(address: .loopback, port: try wanted.port())
        let target = Endpoint(address: .loopback, port: try listener.port())
        try maps.redirect(destination, to: target)
        defer { try? maps.stopRedirecting(destination) }

        let client = try LoopbackSocket()
        let source = Endpoint(address: .loopback, port: try client.port())
        if let refusal = try client.connect(to: destination, patience: patience) {
            if refusal.code == ECONNREFUSED {
                throw .selfCheck("the program is attached, but the agent's own test connection was not redirected")
            }
            throw .selfCheck("the agent's own test connection over 127.0.0.1 failed: \(refusal)")
        }
        guard let entry = maps.consume(source: source) else {
            throw .selfCheck("a test connection was redirected, but no audit entry appeared for it\(noEntryHint)")
        }
        let expected = AuditEntry(destination: destination, processID: UInt32(getpid()), userID: getuid(), isRoot: getuid() == 0)
        // An object that takes the group for the user, as Azure's own does, is used nevertheless when the two agree.
        guard entry == expected else {
            throw .selfCheck("the audit entry of the test connection is wrong: expected \(expected), found \(entry)")
        }
    }

    private var noEntryHint: String {
        guard maps.abiName == "upstream" else { return "" }
        if access("/sys/kernel/btf/vmlinux", R_OK) != 0 {
            return "; this kernel shows no BTF of its own (/sys/kernel/btf/vmlinux), without which the kprobe reads wrong offsets"
        }
        let lockdown = (try? BoundedFile.read("/sys/kernel/security/lockdown", limit: 4096)) ?? []
        if String(decoding: lockdown, as: UTF8.self).contains("[confidentiality]") {
            return "; lockdown is in confidentiality mode, in which a kprobe cannot read kernel memory"
        }
        return "; the kprobe on tcp_connect did not report it"
    }
}

/// A TCP socket bound to a free port of 127.0.0.1, closed when it goes.
private struct LoopbackSocket: ~Copyable {
    private let descriptor: Int32

    init() throws(RedirectorError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .selfCheck("cannot open a socket: \(SystemErrorText.current)") }
        let result = Self.withAddress(port: 0) { [descriptor] in bind(descriptor, $0, $1) }
        guard result == 0 else { throw .selfCheck("cannot bind to 127.0.0.1: \(SystemErrorText.current)") }
    }

    deinit { close(descriptor) }

    func listen() throws(RedirectorError) {
        guard Glibc.listen(descriptor, 1) == 0 else { throw .selfCheck("cannot listen on 127.0.0.1: \(SystemErrorText.current)") }
    }

    func port() throws(RedirectorError) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw .selfCheck("cannot read a socket's port: \(SystemErrorText.current)") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// - Returns: Nil once connected, else why not.
    func connect(to destination: Endpoint, patience: Int32) throws(RedirectorError) -> SystemErrorText? {
        let result = Self.withAddress(port: destination.port) { Glibc.connect(descriptor, $0, $1) }
        if result == 0 { return nil }
        guard errno == EINPROGRESS else { return .current }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&waiting, 1, patience)
        if ready == 0 { return SystemErrorText(ETIMEDOUT) }
        if ready < 0 { return .current }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return code == 0 ? nil : SystemErrorText(code)
    }

    private static func withAddress(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = Endpoint.Address.loopback.networkOrder
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
