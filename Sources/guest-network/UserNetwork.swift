import CSlirp
import Glibc

/// TCP/IP for one guest in user space (libslirp), without a way out: what is not forwarded is not there.
final class UserNetwork {
    private let frames: FrameStream
    private let forwards: [Forward]
    private let isContained: Bool
    private var polled: [pollfd] = []

    /// - Parameter isContained: False in tests only, which show that what they try would get out but for this.
    init(_ forwards: [Forward], frames: FrameStream, isContained: Bool = true) {
        self.forwards = forwards
        self.frames = frames
        self.isContained = isContained
    }

    enum Failure: Error, CustomStringConvertible {
        case notStarted
        case badForward(Forward)
        case poll(Int32)

        var description: String {
            switch self {
            case .notStarted: "libslirp \(String(cString: slirp_version_string())) does not start"
            case .badForward(let forward):
                "port \(forward.port) cannot be forwarded to '\(forward.socket)': its address is not one of this network's, or is taken"
            case .poll(let code): "poll: \(String(cString: strerror(code)))"
            }
        }
    }

    /// Carries frames until the emulator hangs up.
    func run() throws {
        let itself = Unmanaged.passUnretained(self).toOpaque()
        var configuration = Self.configuration(isContained: isContained)
        // Kept by the library for as long as it runs.
        let callbacks = UnsafeMutablePointer<SlirpCb>.allocate(capacity: 1)
        callbacks.initialize(to: Self.callbacks)
        defer { callbacks.deallocate() }
        guard let slirp = slirp_new(&configuration, callbacks, itself) else { throw Failure.notStarted }
        defer { slirp_cleanup(slirp) }
        for forward in forwards {
            var address = forward.address
            guard slirp_add_unix(slirp, forward.socket, &address, forward.port) == 0 else { throw Failure.badForward(forward) }
        }
        while true {
            polled = [pollfd(fd: frames.descriptor, events: Int16(POLLIN), revents: 0)]
            var timeout = UInt32(Int32.max)
            slirp_pollfds_fill(slirp, &timeout, { descriptor, events, opaque in UserNetwork.at(opaque)?.add(descriptor, events) ?? -1 }, itself)
            let isFailed = poll(&polled, nfds_t(polled.count), Int32(clamping: timeout)) < 0
            if isFailed, errno != EINTR { throw Failure.poll(errno) }
            slirp_pollfds_poll(slirp, isFailed ? 1 : 0, { index, opaque in UserNetwork.at(opaque)?.events(index) ?? 0 }, itself)
            guard !isFailed, polled[0].revents != 0 else { continue }
            guard try frames.receive({ slirp_input(slirp, $0.baseAddress, Int32($0.count)) }) else { return }
        }
    }

    /// One network carries both magic addresses because 168.0.0.0/7 covers 168.x and 169.x.
    private static func configuration(isContained: Bool) -> SlirpConfig {
        var configuration = SlirpConfig()
        configuration.version = 4
        configuration.restricted = isContained ? 1 : 0
        configuration.in_enabled = true
        configuration.vnetwork = address(168, 0, 0, 0)
        configuration.vnetmask = address(254, 0, 0, 0)
        configuration.vhost = address(168, 0, 0, 2)
        configuration.vnameserver = address(168, 0, 0, 3)
        configuration.vdhcp_start = address(168, 0, 0, 15)
        configuration.disable_host_loopback = isContained
        // The contained network has no IPv6 at all.
        if !isContained {
            configuration.in6_enabled = true
            configuration.vprefix_len = 64
            configuration.vprefix_addr6.__in6_u.__u6_addr8.0 = 0xFE
            configuration.vprefix_addr6.__in6_u.__u6_addr8.1 = 0xC0
            configuration.vhost6 = configuration.vprefix_addr6
            configuration.vhost6.__in6_u.__u6_addr8.15 = 2
            configuration.vnameserver6 = configuration.vprefix_addr6
            configuration.vnameserver6.__in6_u.__u6_addr8.15 = 3
        }
        configuration.disable_dns = true
        return configuration
    }

    private static var callbacks: SlirpCb {
        var callbacks = SlirpCb()
        callbacks.send_packet = { bytes, count, opaque in
            UserNetwork.at(opaque)?.frames.send(UnsafeRawBufferPointer(start: bytes, count: count)) == true ? count : -1
        }
        callbacks.guest_error = { text, _ in
            guard let text else { return }
            _ = write(STDERR_FILENO, text, strlen(text))
            _ = write(STDERR_FILENO, "\n", 1)
        }
        callbacks.clock_get_ns = { _ in
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        }
        // Timers are for IPv6's advertisements, which this network has not; all sockets are found by `slirp_pollfds_fill`.
        callbacks.timer_new = { _, _, _ in nil }
        callbacks.timer_free = { _, _ in }
        callbacks.timer_mod = { _, _, _ in }
        callbacks.register_poll_fd = { _, _ in }
        callbacks.unregister_poll_fd = { _, _ in }
        callbacks.notify = { _ in }
        return callbacks
    }

    private static func address(_ bytes: UInt8...) -> in_addr { in_addr(s_addr: bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }.bigEndian) }

    private static func at(_ opaque: UnsafeMutableRawPointer?) -> UserNetwork? { opaque.map { Unmanaged<UserNetwork>.fromOpaque($0).takeUnretainedValue() } }

    // MARK: What libslirp waits for

    private static let flags: [(slirp: Int32, poll: Int32)] = [
        (Int32(SLIRP_POLL_IN), POLLIN), (Int32(SLIRP_POLL_OUT), POLLOUT), (Int32(SLIRP_POLL_PRI), POLLPRI),
        (Int32(SLIRP_POLL_ERR), POLLERR), (Int32(SLIRP_POLL_HUP), POLLHUP),
    ]

    private func add(_ descriptor: Int32, _ events: Int32) -> Int32 {
        let wanted = Self.flags.reduce(Int32(0)) { events & $1.slirp == 0 ? $0 : $0 | $1.poll }
        polled.append(pollfd(fd: descriptor, events: Int16(wanted), revents: 0))
        return Int32(polled.count - 1)
    }

    private func events(_ index: Int32) -> Int32 {
        let found = Int32(polled[Int(index)].revents)
        return Self.flags.reduce(Int32(0)) { found & $1.poll == 0 ? $0 : $0 | $1.slirp }
    }
}
