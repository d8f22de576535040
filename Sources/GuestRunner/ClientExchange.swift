import CGuestSystem
import Glibc
import GuestProtocol

/// One client's request, driven by the readiness of its socket. Never blocks.
final class ClientExchange {
    enum Phase { case connecting, connected, sending, reading, done }

    static let maximumAnswer = 256 * 1024

    let spec: ClientSpec
    private(set) var phase = Phase.connecting
    /// The outcome; complete once `phase` is `done`.
    private(set) var report: ClientReport
    private var socket: Descriptor?
    private let start = gs_monotonic_microseconds()
    private var connectError: Int32?
    private var peer = ""
    private var unsent: ArraySlice<UInt8>
    private var answer: [UInt8] = []

    /// Begins to connect.
    init(_ spec: ClientSpec) {
        self.spec = spec
        report = ClientReport(name: spec.name)
        unsent = spec.bytes[...]
        let raw = gs_start_connect(spec.address, Int32(spec.address.count), spec.port, spec.kind == .datagram ? 1 : 0)
        guard raw >= 0 else {
            connectError = -raw
            end()
            return
        }
        socket = Descriptor(owning: raw)
    }

    /// The events to poll for; nil if there are none.
    var interest: pollfd? {
        let events: Int32
        switch phase {
        case .connecting, .sending: events = POLLOUT
        case .reading: events = POLLIN
        case .connected, .done: return nil
        }
        return pollfd(fd: raw, events: Int16(events), revents: 0)
    }

    private var raw: Int32 {
        switch socket {
        case .some(let socket): socket.raw
        case .none: -1
        }
    }

    /// Starts the request once the client is connected.
    func send() {
        guard phase == .connected else { return }
        if spec.kind == .connect { return end() }
        phase = .sending
    }

    /// Continues as far as possible without blocking.
    func advance() {
        switch phase {
        case .connecting:
            let outcome = gs_socket_error(raw)
            guard outcome == 0 else {
                connectError = -outcome
                return end()
            }
            peer = Self.peer(of: raw)
            phase = .connected
        case .sending: write()
        case .reading: read()
        case .connected, .done: break
        }
    }

    /// Ends an unfinished exchange with a failure.
    func abandon(_ failure: String) {
        if phase != .done { end(failure: failure) }
    }

    private func write() {
        while !unsent.isEmpty {
            let sent = unsent.withUnsafeBytes { Glibc.send(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent < 0 {
                if errno == EAGAIN || errno == EINTR { return }
                // The other side may have answered before it read everything.
                phase = .reading
                return
            }
            unsent = unsent.dropFirst(sent)
        }
        if spec.kind == .datagram { end() } else { phase = .reading }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = buffer.withUnsafeMutableBytes { recv(raw, $0.baseAddress, $0.count, 0) }
        if count < 0 {
            if errno == EAGAIN || errno == EINTR { return }
            return end(failure: "\(SystemCallError("read", code: errno))")
        }
        answer += buffer.prefix(count)
        do throws(HTTPAnswer.Malformed) {
            let parsed = try HTTPAnswer(answer)
            if let parsed, parsed.isComplete(answer) { return end(parsed) }
            if count == 0 { return end(parsed, failure: Self.shortfall(parsed, answer)) }
            if answer.count >= Self.maximumAnswer { end(parsed, failure: "the answer is longer than \(Self.maximumAnswer) bytes") }
        } catch {
            end(failure: "the answer is not HTTP")
        }
    }

    /// What is missing from an answer whose connection ended. Without a declared length the end of the connection ends the answer.
    private static func shortfall(_ answer: HTTPAnswer?, _ bytes: [UInt8]) -> String {
        guard let answer else { return "the connection was closed without a whole answer (\(bytes.count) bytes came)" }
        guard let length = answer.contentLength else { return "" }
        return "the answer ended after \(bytes.count - answer.bodyStart) of \(length) bytes"
    }

    private func end(_ parsed: HTTPAnswer? = nil, failure: String = "") {
        phase = .done
        socket = nil
        let known = parsed ?? (try? HTTPAnswer(answer))
        let body = known.map { Array(answer.dropFirst($0.bodyStart)) } ?? []
        report = ClientReport(
            name: spec.name, connectError: connectError, peer: peer, httpStatus: known?.status,
            hasProxyHeader: known?.hasProxyHeader ?? false, body: Array(body.prefix(ClientReport.maximumBody)),
            bodyChecksum: CRC32.checksum(body), microseconds: gs_monotonic_microseconds() - start, failure: failure)
    }

    private static func peer(of socket: Int32) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let length = gs_peer(socket, &text, Int32(text.count))
        return length > 0 ? String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
    }
}
