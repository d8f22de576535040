import Glibc
import GuestProtocol

/// The guest's end of the control channel.
struct ControlLine {
    private let socket: Int32
    private var sequence: UInt32 = 0
    private var decoder = FrameDecoder()

    init(_ path: String) {
        guard let socket = UnixSocket.connect(path) else { StandIn.fail("control channel: \(String(cString: strerror(errno)))") }
        self.socket = socket
    }

    /// Returns whether the message went out whole.
    @discardableResult
    mutating func send(_ message: GuestMessage) -> Bool {
        defer { sequence += 1 }
        return write(message.frame(sequence: sequence).encoded())
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool { UnixSocket.write(bytes, to: socket) }

    /// Waits for the host's next message; nil when it hung up or made no sense.
    mutating func receive() -> HostMessage? {
        while true {
            let bytes = UnixSocket.read(from: socket)
            guard !bytes.isEmpty, let frames = try? decoder.receive(bytes) else { return nil }
            if let frame = frames.first { return try? HostMessage(frame) }
        }
    }
}

enum UnixSocket {
    static func connect(_ path: String) -> Int32? { make(path) { Glibc.connect($0, $1, $2) == 0 } }

    private static func make(_ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Int32? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isMade = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { use(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        if isMade { return socket }
        close(socket)
        return nil
    }

    /// Listens where others connect to.
    static func listen(_ path: String) -> Int32? { make(path) { bind($0, $1, $2) == 0 && Glibc.listen($0, 1) == 0 } }

    static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(socket, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What is there next; empty at the end.
    static func read(from socket: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = buffer.withUnsafeMutableBytes { Glibc.read(socket, $0.baseAddress, $0.count) }
        return Array(buffer.prefix(max(0, count)))
    }
}
