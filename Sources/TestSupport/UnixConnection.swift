import Glibc
public import SystemPackage

/// A client's connection to a Unix socket, for tests that say exactly which bytes go out. Blocks; gives up after a minute.
public final class UnixConnection: Sendable {
    private let socket: FileDescriptor

    /// Connects to a socket by its name in a folder, whose path may be of any length.
    public init(_ name: String, in folder: FilePath) throws {
        let directory = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
        defer { try? directory.close() }
        let raw = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw Errno(rawValue: errno) }
        socket = FileDescriptor(rawValue: raw)
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/proc/self/fd/\(directory.rawValue)/\(name)".utf8) }
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        if isConnected != 0 {
            let error = Errno(rawValue: errno)
            try? socket.close()
            throw error
        }
    }

    deinit { try? socket.close() }

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// - Throws: `Errno.brokenPipe` when the other side is gone.
    public func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Errno(rawValue: errno) }
            rest = rest.dropFirst(count)
        }
    }

    public func endSending() { shutdown(socket.rawValue, Int32(SHUT_WR)) }

    /// What is there next; empty at the end.
    public func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
        return Array(buffer.prefix(count))
    }

    /// Everything up to the end; a reset is an end too.
    public func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            do {
                let bytes = try receive()
                if bytes.isEmpty { return all }
                all.append(contentsOf: bytes)
            } catch Errno.connectionReset {
                return all
            }
        }
    }

    /// The next HTTP answer; nil when the connection ended before it was whole.
    public func receiveAnswer(hasBody: Bool = true) throws -> HTTPAnswer? {
        var bytes: [UInt8] = []
        while true {
            // One byte at a time, so that nothing of a following answer is taken.
            var byte: UInt8 = 0
            let count = try withUnsafeMutableBytes(of: &byte) { try socket.read(into: $0) }
            if count == 0 { return nil }
            bytes.append(byte)
            if bytes.suffix(4) == [13, 10, 13, 10] { break }
        }
        guard let head = HTTPAnswer(head: String(decoding: bytes, as: UTF8.self)) else { return nil }
        guard hasBody, let length = head.headers["content-length"].flatMap({ Int($0) }), length > 0 else { return head }
        var body = [UInt8](repeating: 0, count: length)
        var received = 0
        while received < length {
            let count = try body.withUnsafeMutableBytes { try socket.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[received...])) }
            if count == 0 { return nil }
            received += count
        }
        return HTTPAnswer(status: head.status, headers: head.headers, body: String(decoding: body, as: UTF8.self))
    }
}

/// An HTTP answer as a client got it.
public struct HTTPAnswer: Sendable, Equatable {
    public let status: Int
    /// With names in lower case.
    public let headers: [String: String]
    public let body: String

    public init(status: Int, headers: [String: String], body: String) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init?(head: String) {
        let lines = head.split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
        }
        self.init(status: status, headers: Dictionary(pairs) { first, _ in first }, body: "")
    }
}
