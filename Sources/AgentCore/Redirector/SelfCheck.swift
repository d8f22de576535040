internal import CLibBPF
internal import Glibc
internal import SystemPackage

/// Verifies, before the agent reports RUNNING, that a connection is redirected and that its audit entry appears.
///
/// The destination is a port of 127.0.0.1 that this process has bound without listening. So no other process uses it, and an unredirected
/// connection is refused. It is redirected to another port of this process, which listens. No packet leaves the machine. The agent must not be
/// on the skip list yet.
struct SelfCheck {
    let maps: any RedirectionMaps
    /// The timeout of the connection, in milliseconds.
    var connectTimeout: Int32 = 3000

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
        if let refusal = client.connect(to: destination.port, connectTimeout: connectTimeout) {
            if refusal.code == ECONNREFUSED {
                throw .selfCheck("the program is attached, but a connection of the agent itself was not redirected (is the agent outside that cgroup?)")
            }
            throw .selfCheck("the agent's own test connection over 127.0.0.1 failed: \(refusal)")
        }
        guard let entry = maps.consume(source: source) else {
            throw .selfCheck("a test connection was redirected, but no audit entry appeared for it\(noEntryHint)")
        }
        let expected = AuditEntry(destination: destination, processID: UInt32(getpid()), userID: getuid(), isRoot: getuid() == 0)
        // An object that reads the group id as the user id, as Azure's own does, is accepted if the two are equal.
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

/// A TCP socket bound to a free port of 127.0.0.1, closed with its owner.
private struct LoopbackSocket: ~Copyable {
    private let descriptor: Int32

    init() throws(RedirectorError) {
        descriptor = gpa_loopback_socket()
        guard descriptor >= 0 else { throw .selfCheck("cannot bind a socket to 127.0.0.1: \(SystemErrorText(descriptor))") }
    }

    deinit { close(descriptor) }

    func listen() throws(RedirectorError) {
        guard Glibc.listen(descriptor, 1) == 0 else { throw .selfCheck("cannot listen on 127.0.0.1: \(SystemErrorText.current)") }
    }

    func port() throws(RedirectorError) -> UInt16 {
        let port = gpa_loopback_port(descriptor)
        guard let port = UInt16(exactly: port) else {
            throw .selfCheck("cannot read a socket's port: \(SystemErrorText(port))")
        }
        return port
    }

    /// - Returns: Nil when connected, else the error.
    func connect(to port: UInt16, connectTimeout: Int32) -> SystemErrorText? {
        let result = gpa_loopback_connect(descriptor, port, connectTimeout)
        return result == 0 ? nil : SystemErrorText(result)
    }
}
